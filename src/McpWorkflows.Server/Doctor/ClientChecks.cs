using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpWorkflows.Server.Doctor;

/// <summary>Reads the configuration of the MCP clients that are on the machine: can they start this server?</summary>
internal static partial class ClientChecks
{
    private const string Product = "mcp-workflows";

    /// <param name="executable">What clients should start.</param>
    public static IEnumerable<Finding> Run(string home, string workspace, string executable)
    {
        foreach (var client in ClientConfiguration.All(home, workspace))
        {
            var files = client.Files.Where(File.Exists).ToList();
            if (files.Count == 0)
                continue;
            var findings = files.SelectMany(file => Check(client, file)).ToList();
            if (findings.Count == 0)
                findings.Add(Finding.Note(client.Name, $"is here, but does not know this server ({files[0]})", $"Add to {files[0]}:\n{client.Block(executable)}"));
            foreach (var finding in findings)
                yield return finding;
        }
    }

    private static IEnumerable<Finding> Check(ClientConfiguration client, string file)
    {
        IReadOnlyList<string> commands;
        try
        {
            var text = File.ReadAllText(file);
            commands = file.EndsWith(".toml", StringComparison.Ordinal) ? TomlCommands(text, client.Section) : JsonCommands(text, client.Section);
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            return [Finding.Fault(client.Name, $"{file} cannot be read: {failure.Message}", "Correct the file; the client ignores it as it is.")];
        }

        return commands.Select(command => Found(command)
            ? Finding.Ok(client.Name, $"starts {command} ({file})")
            : Finding.Fault(client.Name, $"{file} names {command}, which is not there", "Correct the path, or build or install the server again."));
    }

    // Of each server that is this one: the program to start, or the address to call.
    private static List<string> JsonCommands(string text, string section)
    {
        var root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if ((root as JsonObject)?[section] is not JsonObject servers)
            return [];
        var commands = new List<string>();
        foreach (var (name, server) in servers)
        {
            if (server is not JsonObject entry || !($"{name} {entry.ToJsonString()}".Contains(Product, StringComparison.OrdinalIgnoreCase) || entry.ToJsonString().Contains("McpWorkflows", StringComparison.OrdinalIgnoreCase)))
                continue;
            if ((entry["command"] is JsonArray { Count: > 0 } words ? words[0] : entry["command"] ?? entry["url"]) is JsonValue value && value.TryGetValue(out string? command))
                commands.Add(command);
        }

        return commands;
    }

    private static List<string> TomlCommands(string text, string section) =>
        [.. Table().Matches(text)
            .Where(table => table.Groups["name"].Value.StartsWith(section + ".", StringComparison.Ordinal) && table.Value.Contains(Product, StringComparison.OrdinalIgnoreCase))
            .Select(table => Command().Match(table.Value).Groups["value"].Value)
            .Where(command => command.Length > 0)];

    private static bool Found(string command)
    {
        if (command.StartsWith("http", StringComparison.Ordinal) || command.Contains("${", StringComparison.Ordinal))
            return true;
        if (Path.IsPathRooted(command))
            return File.Exists(command);
        var names = OperatingSystem.IsWindows() ? new[] { command, command + ".exe", command + ".cmd" } : [command];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => names.Any(name => File.Exists(Path.Combine(folder, name))));
    }

    [GeneratedRegex(@"^\[(?<name>[^\]]+)\](?:(?!^\[).)*", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex("""^\s*command\s*=\s*["'](?<value>[^"']+)["']""", RegexOptions.Multiline)]
    private static partial Regex Command();
}
