using System.Text.Json;

namespace McpWorkflows.Server.Doctor;

/// <summary>Reads the configuration of the MCP clients that are on the machine: can they start this server?</summary>
internal static class ClientChecks
{
    private const string Placeholder = "\"sk-...\"";

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
        try
        {
            var text = File.ReadAllText(file);
            var entries = ClientFile.Entries(text, client, file);
            // Of a file that is not about this server only what hides the server is worth a word.
            if (entries.Count == 0)
                return [];
            return client.TakesComments || file.EndsWith(".toml", StringComparison.Ordinal) || ClientFile.IsPlainJson(text)
                ? entries.Select(entry => Judge(client, file, entry))
                : [Finding.Fault(client.Name, $"{file} has comments or trailing commas, which {client.Name} does not read", "Take them out.")];
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            return [Finding.Fault(client.Name, $"{file} cannot be read: {Cause(failure)}", "Correct the file; the client ignores it as it is.")];
        }
    }

    private static Finding Judge(ClientConfiguration client, string file, ServerEntry entry)
    {
        if (!IsFound(entry.Command))
            return Finding.Fault(client.Name, $"{file} names {entry.Command}, which is not there", "Correct the path, or build or install the server again.");
        var option = entry.Arguments.ToList().IndexOf("--workspace");
        if (option >= 0 && option + 1 < entry.Arguments.Count && Path.IsPathRooted(entry.Arguments[option + 1]) && !Directory.Exists(entry.Arguments[option + 1]))
            return Finding.Fault(client.Name, $"{file} names the workspace {entry.Arguments[option + 1]}, which is not there", "Name the folder that agents are to read after --workspace.");
        return entry.Text.Contains(Placeholder, StringComparison.Ordinal)
            ? Finding.Note(client.Name, $"{file} has sk-... in place of a key", "Put your key there, or take the line out and let the server find the key in its environment.")
            : Finding.Ok(client.Name, $"starts {entry.Command} ({file})");
    }

    private static string Cause(Exception failure) => failure is JsonException { LineNumber: { } line } json
        ? $"line {line + 1} is not JSON ({json.Message.Split(" LineNumber:")[0].TrimEnd('.')})"
        : failure.Message.TrimEnd('.');

    private static bool IsFound(string command)
    {
        if (command.StartsWith("http", StringComparison.Ordinal) || command.Contains("${", StringComparison.Ordinal))
            return true;
        if (Path.IsPathRooted(command))
            return File.Exists(command);
        var names = OperatingSystem.IsWindows() ? new[] { command, command + ".exe", command + ".cmd" } : [command];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => names.Any(name => File.Exists(Path.Combine(folder, name))));
    }
}
