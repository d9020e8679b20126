using System.Globalization;
using System.Text;

namespace McpWorkflows.Engine.Planning;

/// <summary>What a planner is told of a workspace without looking: its folders with their files by kind, and the README's head.</summary>
internal static class WorkspaceOutline
{
    private const int MostFiles = 20_000;
    private const int MostFolders = 80;
    private const int MostDepth = 4;
    private const int ReadmeCharacters = 1_500;
    private const int KindsPerFolder = 4;

    private static readonly HashSet<string> Skipped = new(StringComparer.OrdinalIgnoreCase)
    {
        "node_modules", "bin", "obj", "artifacts", "dist", "build", "target", "vendor", "__pycache__", "packages",
    };

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    public static string Of(string workspace)
    {
        if (!Directory.Exists(workspace))
            return "(there is no such folder)";

        var folders = new List<(string Path, int Depth, int Files, string Kinds)>();
        var total = Walk(new DirectoryInfo(workspace), workspace, folders);
        var text = new StringBuilder();
        foreach (var (path, depth, files, kinds) in folders.Take(MostFolders))
            text.Append(CultureInfo.InvariantCulture, $"{new string(' ', depth * 2)}{path}/ {files} files{(kinds.Length == 0 ? "" : $" ({kinds})")}\n");
        if (folders.Count > MostFolders)
            text.Append(CultureInfo.InvariantCulture, $"and {folders.Count - MostFolders} more folders\n");
        if (total >= MostFiles)
            text.Append(CultureInfo.InvariantCulture, $"(counted up to {MostFiles:N0} files)\n");
        if (Readme(workspace) is { } head)
            text.Append("\nREADME begins:\n").Append(head).Append('\n');
        return text.ToString().Trim();
    }

    private static int Walk(DirectoryInfo root, string workspace, List<(string, int, int, string)> folders)
    {
        var total = 0;
        var open = new Stack<(DirectoryInfo Folder, int Depth)>([(root, 0)]);
        while (open.TryPop(out var next) && total < MostFiles)
        {
            // Deeper ones count for the folder that is shown.
            var kinds = new Dictionary<string, int>();
            var files = 0;
            foreach (var file in next.Folder.EnumerateFiles("*", Deep(next.Depth == MostDepth)).Take(MostFiles - total))
            {
                files++;
                var kind = file.Extension.Length is > 1 and < 8 ? file.Extension : "other";
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }

            total += files;
            var path = next.Depth == 0 ? "." : Path.GetRelativePath(workspace, next.Folder.FullName).Replace('\\', '/');
            folders.Add((path, next.Depth, files, string.Join(", ", kinds.OrderByDescending(kind => kind.Value).Take(KindsPerFolder).Select(kind => $"{kind.Key} {kind.Value}"))));
            if (next.Depth == MostDepth)
                continue;

            foreach (var child in next.Folder.EnumerateDirectories("*", Everything).Where(IsShown).OrderByDescending(child => child.Name, StringComparer.Ordinal))
                open.Push((child, next.Depth + 1));
        }

        return total;
    }

    private static EnumerationOptions Deep(bool deep) =>
        new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, RecurseSubdirectories = deep };

    private static bool IsShown(DirectoryInfo folder) => !folder.Name.StartsWith('.') && !Skipped.Contains(folder.Name);

    private static string? Readme(string workspace)
    {
        try
        {
            var file = Directory.EnumerateFiles(workspace, "README*", Everything).Order(StringComparer.Ordinal).FirstOrDefault();
            if (file is null)
                return null;
            using var reader = new StreamReader(file);
            var head = new char[ReadmeCharacters];
            var read = reader.ReadBlock(head);
            return new string(head, 0, read).Trim() + (read == ReadmeCharacters ? " …" : "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
