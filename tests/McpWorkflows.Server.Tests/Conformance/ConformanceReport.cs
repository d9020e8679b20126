using System.Text.Json;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>What the conformance suite wrote into its output folder: one folder for each scenario, with its checks.</summary>
internal sealed class ConformanceReport
{
    private ConformanceReport(IReadOnlyList<Check> checks, string output)
    {
        Checks = checks;
        Output = output;
    }

    public IReadOnlyList<Check> Checks { get; }

    public string Output { get; }

    public IReadOnlyList<string> Scenarios => [.. Checks.Select(check => check.Scenario).Distinct()];

    /// <summary>Scenarios with a failed check.</summary>
    public IReadOnlyList<string> Failed => [.. Checks.Where(check => check.Status == "FAILURE").Select(check => check.Scenario).Distinct().Order(StringComparer.Ordinal)];

    public string Faults => string.Join("\n", Checks.Where(check => check.Status is "FAILURE" or "WARNING").Select(check => $"{check.Status} {check.Scenario}: {check.Id}: {check.Message}"));

    public string Summary =>
        $"{Scenarios.Count} scenarios, {Checks.Count} checks: {Checks.Count(check => check.Status == "SUCCESS")} passed, {Checks.Count(check => check.Status == "FAILURE")} failed, "
        + $"{Checks.Count(check => check.Status == "WARNING")} warnings, {Checks.Count(check => check.Status is "SKIPPED" or "INFO")} skipped or informative";

    public static async Task<ConformanceReport> RunAsync(string url, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("mcp-conformance-");
        try
        {
            var run = await Suites.RunAsync([
                Path.Combine(Suites.Package("@modelcontextprotocol/conformance"), "dist", "index.js"), "server", "--url", url, "-o", folder.FullName, .. arguments]);
            return new ConformanceReport([.. folder.EnumerateFiles("checks.json", SearchOption.AllDirectories).SelectMany(Read)], run.Output + run.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Check> Read(FileInfo file)
    {
        // Folders are named server-SCENARIO-TIME.
        var name = file.Directory!.Name;
        var scenario = System.Text.RegularExpressions.Regex.Match(name, @"^server-(.+?)-\d{4}-").Groups[1].Value;
        using var json = JsonDocument.Parse(File.ReadAllText(file.FullName));
        return [.. json.RootElement.EnumerateArray().Select(check => new Check(
            scenario,
            check.GetProperty("id").GetString()!,
            check.GetProperty("status").GetString()!,
            check.TryGetProperty("errorMessage", out var message) ? message.GetString() ?? "" : ""))];
    }

    internal sealed record Check(string Scenario, string Id, string Status, string Message);
}
