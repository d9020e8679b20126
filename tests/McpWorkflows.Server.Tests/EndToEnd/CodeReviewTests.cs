using System.Text.Json;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using ModelContextProtocol.Client;

namespace McpWorkflows.Server.Tests.EndToEnd;

public sealed class CodeReviewTests
{
    private static readonly string Script = TestBench.Example("code-review.js");

    [Fact]
    public async Task CodeReview_OfOwnSourcesFromCommandLine_ReportsPlantedLinesAndRefutesDecoys()
    {
        await using var bench = await TestBench.StartAsync(CodeReviewModel.Reply);
        var sources = await PlantedSources.CopyAsync(bench.Workspace);

        var run = await bench.RunAsync("run", Script, "--args", """{ "globs": ["**/*.cs"], "maxFiles": 900 }""", "--workspace", bench.Workspace, "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        AssertReport(run.Result, sources);
        AssertKnownFromToolsOnly(bench.Model.Log, sources);
        Assert.Equal(1 + sources.Files + 3 * (sources.Real.Count + sources.Refutable.Count), run.Census("agents"));
        Assert.False(run.Json.GetProperty("rehearsed").GetBoolean());
    }

    [Fact]
    public async Task CodeReview_OfOwnSourcesThroughMcpClient_ReportsTheSame()
    {
        await using var bench = await TestBench.StartAsync(CodeReviewModel.Reply);
        var sources = await PlantedSources.CopyAsync(bench.Workspace);
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var client = await McpClient.CreateAsync(
            new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = ServerProcess.Executable,
                Arguments = ["serve", "--workspace", bench.Workspace],
                WorkingDirectory = bench.Workspace,
                EnvironmentVariables = bench.Environment!,
            }),
            cancellationToken: cancellationToken);

        var status = await CallAsync(client, "start_workflow", new()
        {
            ["script"] = await File.ReadAllTextAsync(Script, cancellationToken),
            ["args"] = new { globs = new[] { "**/*.cs" }, maxFiles = 900 },
        });
        while (status.GetProperty("state").GetString() == "running")
        {
            status = await CallAsync(client, "get_status", new() { ["runId"] = status.GetProperty("runId").GetString(), ["waitSeconds"] = 45 });
        }

        Assert.Equal("completed", status.GetProperty("state").GetString());
        AssertReport(status.GetProperty("result"), sources);
        AssertKnownFromToolsOnly(bench.Model.Log, sources);
    }

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var answer = await client.CallToolAsync(tool, arguments, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(answer.IsError != true, JsonSerializer.Serialize(answer.Content));
        return answer.StructuredContent!.Value;
    }

    private static void AssertReport(JsonElement report, PlantedSources sources)
    {
        Assert.Equal(Places(sources.Real), Places(report.GetProperty("findings")));
        Assert.Equal(Places(sources.Refutable), Places(report.GetProperty("refuted")));
        Assert.Empty(report.GetProperty("unverified").EnumerateArray());
        Assert.Empty(report.GetProperty("notReviewed").EnumerateArray());
    }

    private static string[] Places(IEnumerable<Planted> planted) =>
        [.. planted.Select(defect => $"{defect.File}:{defect.Line}: {defect.Title}").Order(StringComparer.Ordinal)];

    private static string[] Places(JsonElement findings) => [.. findings.EnumerateArray()
        .Select(finding => $"{finding.GetProperty("file").GetString()}:{finding.GetProperty("line").GetInt32()}: {finding.GetProperty("title").GetString()}")
        .Order(StringComparer.Ordinal)];

    /// <summary>Whatever the model ever heard of a defect, a tool said it first.</summary>
    private static void AssertKnownFromToolsOnly(ModelLog log, PlantedSources sources)
    {
        log.AssertWellFormed();
        Assert.InRange(log.HighWater, 2, 16);
        foreach (var defect in sources.Real)
        {
            var first = log.Calls.First(call => call.Messages.Any(message => message.Content.Contains(defect.Title, StringComparison.Ordinal)));
            Assert.Equal("tool", first.Messages.First(message => message.Content.Contains(defect.Title, StringComparison.Ordinal)).Role);
        }
    }
}
