using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpWorkflows.Server.Doctor;

/// <summary>Finds the entries of this server in a client's configuration file.</summary>
internal static partial class ClientFile
{
    private static readonly string[] Product = ["mcp-workflows", "McpWorkflows"];

    /// <summary>What the file says of this server. Throws <see cref="JsonException"/> for one that is broken.</summary>
    public static IReadOnlyList<ServerEntry> Entries(string text, ClientConfiguration client, string file) =>
        file.EndsWith(".toml", StringComparison.Ordinal) ? Toml(text, client.Section) : Json(text, client);

    /// <summary>The text is JSON without comments and trailing commas.</summary>
    public static bool IsPlainJson(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static List<ServerEntry> Json(string text, ClientConfiguration client)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var root = document.RootElement;
        return
        [
            .. InSection(Member(root, client.Section)),
            // opencode's second version keeps servers a level deeper; Claude Code keeps those of one project beside the user's.
            .. InSection(Member(Member(root, client.Section), "servers")),
            .. InSection(Member(Member(Member(root, "projects"), client.Workspace), client.Section)),
        ];
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) ? value : null;

    private static IEnumerable<ServerEntry> InSection(JsonElement? section)
    {
        if (section is not { ValueKind: JsonValueKind.Object } servers)
            yield break;
        foreach (var server in servers.EnumerateObject().Where(server => server.Value.ValueKind == JsonValueKind.Object))
        {
            if (!IsThis(server.Name + server.Value.GetRawText()))
                continue;
            var words = Words(Member(server.Value, "command")).Concat(Words(Member(server.Value, "args"))).ToList();
            if (words.Count == 0)
                words.AddRange(Words(Member(server.Value, "url")).Concat(Words(Member(server.Value, "httpUrl"))).Take(1));
            // A group of servers has neither; its members are looked at on their own.
            if (words.Count > 0)
                yield return new ServerEntry(server.Name, words[0], words[1..], server.Value.GetRawText());
        }
    }

    private static IEnumerable<string> Words(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(word => word.ValueKind == JsonValueKind.String).Select(word => word.GetString()!),
        _ => [],
    };

    private static List<ServerEntry> Toml(string text, string section)
    {
        var entries = new List<ServerEntry>();
        foreach (Match table in Table().Matches(text))
        {
            var name = table.Groups["name"].Value;
            if (!name.StartsWith(section + ".", StringComparison.Ordinal) || !IsThis(table.Value) || name.EndsWith(".env", StringComparison.Ordinal))
                continue;
            var command = Command().Match(table.Value).Groups["value"].Value;
            if (command.Length == 0)
                command = Address().Match(table.Value).Groups["value"].Value;
            if (command.Length == 0)
                throw new JsonException($"[{name}] has neither a command nor a url in quotes");
            entries.Add(new ServerEntry(name, command, [.. Quoted().Matches(Arguments().Match(table.Value).Groups["value"].Value).Select(word => word.Groups["value"].Value)], table.Value));
        }

        return entries;
    }

    private static bool IsThis(string text) => Product.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"^\[(?<name>[^\]\r\n]+)\](?:(?!^\[[^\]\r\n]+\]).)*", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex("""^\s*command\s*=\s*["'](?<value>[^"'\r\n]+)["']""", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("""^\s*url\s*=\s*["'](?<value>[^"'\r\n]+)["']""", RegexOptions.Multiline)]
    private static partial Regex Address();

    [GeneratedRegex(@"^\s*args\s*=\s*\[(?<value>[^\]]*)\]", RegexOptions.Multiline)]
    private static partial Regex Arguments();

    [GeneratedRegex("""["'](?<value>[^"']*)["']""")]
    private static partial Regex Quoted();
}

/// <summary>An entry of a client's configuration that is this server.</summary>
/// <param name="Command">The program, or the address.</param>
/// <param name="Text">The whole entry as it stands there.</param>
internal sealed record ServerEntry(string Name, string Command, IReadOnlyList<string> Arguments, string Text);
