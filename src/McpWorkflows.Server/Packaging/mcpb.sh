#!/usr/bin/env bash
# Builds an .mcpb bundle of this platform for Claude Desktop and others: a self-contained server with its manifest.
# Usage: src/McpWorkflows.Server/Packaging/mcpb.sh [OUTPUT-FOLDER]; COMPOSITE=false builds faster and starts a little slower.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=${1:-artifacts/mcpb}
rid=$(dotnet --info | sed -nE 's/^ *RID: *//p' | head -n 1)
case $rid in
  linux*) rid=linux-${rid##*-} platform=linux ;;
  osx*) rid=osx-${rid##*-} platform=darwin ;;
  win*) rid=win-${rid##*-} platform=win32 ;;
  *) echo "There is no bundle for $rid." >&2; exit 2 ;;
esac
program=mcp-workflows
[ "$platform" = win32 ] && program=mcp-workflows.exe

mkdir -p "$out"
out=$(cd "$out" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
# What an earlier bundle compiled the other way must not get into this one.
rm -rf "artifacts/obj/McpWorkflows.Server/release_$rid/R2R"
dotnet publish src/McpWorkflows.Server -v quiet -r "$rid" -p:Bundle=true \
  -p:PublishReadyToRunComposite="${COMPOSITE:-true}" -o "$stage/server"
find "$stage/server" -name '*.pdb' -delete
cp LICENSE NOTICE README.md "$stage/"
version=$("$stage/server/$program" --version)
sed -e "s/@VERSION@/$version/" -e "s/@PLATFORM@/$platform/" -e "s/@PROGRAM@/$program/" src/McpWorkflows.Server/Packaging/manifest.json > "$stage/manifest.json"
bundle="$out/mcp-workflows-$version-$rid.mcpb"
rm -f "$bundle"
(cd "$stage" && if command -v zip > /dev/null; then zip -qr9 "$bundle" .; else python3 -m zipfile -c "$bundle" ./*; fi)
echo "$bundle"
