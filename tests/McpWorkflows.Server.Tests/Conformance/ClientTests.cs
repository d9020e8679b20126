using System.Text.Json;
using McpWorkflows.Server.Tests.Http;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Tools;

namespace McpWorkflows.Server.Tests.Conformance;

public class ClientTests
{
    [Theory]
    [InlineData("sdk", "stdio", null)]
    [InlineData("sdk", "http", "2025-11-25")]
    [InlineData("client", "stdio", "2026-07-28")]
    [InlineData("client", "http", "2026-07-28")]
    public async Task TypeScriptClient_EachGenerationOnEachTransport_RunsAWorkflow(string generation, string transport, string? version)
    {
        Suites.Require();
        await using var bench = await HttpBench.StartAsync(new ScriptedAgents(_ => ScriptedAgents.Says("unused") with { AnswerJson = """{"ok":true}""" }));
        var journal = Path.Combine(bench.Folder.Path, "clients.db");

        var run = transport == "http"
            ? await Suites.RunScriptAsync("typescript-client.mjs", generation, bench.Server.Url)
            : await Suites.RunScriptAsync("typescript-client.mjs", generation, ServerProcess.Executable, "serve", "--journal", journal, "--workspace", bench.Folder.Path);

        Suites.Report($"{generation} over {transport}: {run.Output}");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var answer = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("mcp-workflows", answer.GetProperty("server").GetString());
        Assert.Equal("completed", answer.GetProperty("state").GetString());
        Assert.Equal("completed", answer.GetProperty("runState").GetString());
        Assert.True(answer.GetProperty("guide").GetInt32() > 3_000);
        Assert.True(answer.GetProperty("asksForTheJob").GetBoolean());
        Assert.Equal(1, answer.GetProperty("completed").GetInt32());
        Assert.Equal(["start_workflow", "get_status", "resume", "cancel_workflow", "list_workflows", "save_workflow"], answer.GetProperty("tools").EnumerateArray().Select(tool => tool.GetString()!));
        if (version is not null)
            Assert.Equal(version, answer.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("stdio")]
    [InlineData("http")]
    public async Task TypeScriptClient_AsksForATaskAsOf20251125_GetsOne(string transport)
    {
        Suites.Require();
        await using var bench = await HttpBench.StartAsync();

        var run = transport == "http"
            ? await Suites.RunScriptAsync("typescript-tasks.mjs", bench.Server.Url)
            : await Suites.RunScriptAsync("typescript-tasks.mjs", ServerProcess.Executable, "serve", "--journal", Path.Combine(bench.Folder.Path, "tasks.db"), "--workspace", bench.Folder.Path);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var answer = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("optional", answer.GetProperty("support").GetProperty("start_workflow").GetString());
        Assert.Equal("none", answer.GetProperty("support").GetProperty("get_status").GetString());
        Assert.Equal("completed", answer.GetProperty("state").GetString());
        Assert.Equal(answer.GetProperty("taskId").GetString(), answer.GetProperty("runId").GetString());
        Assert.Equal(answer.GetProperty("taskId").GetString(), answer.GetProperty("related").GetString());
        Assert.True(answer.GetProperty("failed").GetProperty("isError").GetBoolean());
        Assert.Contains("nothing works", answer.GetProperty("failed").GetProperty("text").GetString());
        Assert.Equal("error", answer.GetProperty("refused").GetProperty("type").GetString());
        Assert.Contains("refused", answer.GetProperty("refused").GetProperty("message").GetString());
        Assert.Equal("cancelled", answer.GetProperty("cancelled").GetString());
        Assert.Contains("ended already", answer.GetProperty("again").GetString());
        Assert.Contains("takes no task", answer.GetProperty("forbidden").GetString());
    }

    [Fact]
    public async Task Inspector_ToolsListStrict_FindsNothing()
    {
        Suites.Require();
        await using var bench = await HttpBench.StartAsync(new ScriptedAgents());

        var run = await InspectAsync(bench.Server.Url, "--method", "tools/list", "--strict");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("warning", run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Inspector_Load2000Calls_AllAreAnswered()
    {
        Suites.Require();
        await using var bench = await HttpBench.StartAsync(new ScriptedAgents());

        var run = await InspectAsync(
            bench.Server.Url, "--method", "tools/call", "--tool-name", "list_workflows", "--load", "--load-requests", "2000", "--format", "json");

        var result = JsonDocument.Parse(run.Output).RootElement.GetProperty("result");
        Suites.Report(
            $"load: {result.GetProperty("requests")} calls, {result.GetProperty("throughput")} per second, latency {result.GetProperty("latencyMs").GetRawText()} ms");
        Assert.Equal(2_000, result.GetProperty("ok").GetInt32());
        Assert.Equal(0, result.GetProperty("errors").GetInt32());
    }

    private static Task<ProcessResult> InspectAsync(params string[] arguments) => Suites.RunAsync(
        [Path.Combine(Suites.Package("@modelcontextprotocol/inspector"), "clients", "launcher", "build", "index.js"), "--cli", .. arguments]);
}
