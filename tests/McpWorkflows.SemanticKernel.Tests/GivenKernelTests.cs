using System.ComponentModel;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Tests;

/// <summary>A kernel that a developer hands in, with plugins, filters and services of its own.</summary>
public sealed class GivenKernelTests
{
    [Fact]
    public async Task Plugin_IsAToolBesideTheOthers_AndFiltersSeeEveryCall()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0
            ? ModelReply.Call("Harbour-depth", new { berth = 7 }).AndCall("list_files", new { pattern = "*" })
            : ModelReply.Text(call.ToolResults[0].Content));
        var filter = new Filter();
        var kernel = new Kernel();
        kernel.Plugins.AddFromType<Harbour>();
        kernel.FunctionInvocationFilters.Add(filter);
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl), kernel);

        var outcome = await bench.RunAsync();

        Assert.Equal("\"berth 7: 4.5 m\"", outcome.AnswerJson);
        Assert.Equal(["Harbour-depth", "Harbour-outer", "list_files", "read_file", "search_text"], server.Log.Calls[0].Tools.Select(tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["depth", "list_files"], filter.Seen);
        Assert.Equal(["""Harbour-depth {"berth":7}""", "list_files *"], bench.ToolCalls);
        Assert.Same(filter, Assert.Single(kernel.FunctionInvocationFilters));
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Plugin_ThatCallsAnother_ReportsBoth()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0 ? ModelReply.Call("Harbour-outer", new { }) : ModelReply.Text(call.ToolResults[0].Content));
        var kernel = new Kernel();
        kernel.Plugins.AddFromType<Harbour>();
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl), kernel);

        Assert.Equal("\"berth 1: 4.5 m\"", (await bench.RunAsync()).AnswerJson);
        Assert.Equal(["Harbour-outer {}", "Harbour-depth"], bench.ToolCalls);
    }

    [Fact]
    public async Task Plugin_ThatFails_IsToldToTheModel()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0 ? ModelReply.Call("Harbour-depth", new { berth = -1 }) : ModelReply.Text(call.ToolResults[0].Content));
        var kernel = new Kernel();
        kernel.Plugins.AddFromType<Harbour>();
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl), kernel);

        Assert.Equal("\"Error: Harbour-depth failed: ArgumentException: There is no such berth.\"", (await bench.RunAsync()).AnswerJson);
    }

    [Theory]
    [InlineData(new string[0], new string[0], new string[0])]
    [InlineData(new[] { "Read" }, new string[0], new[] { "read_file" })]
    [InlineData(new[] { "Harbour-*" }, new string[0], new[] { "Harbour-depth", "Harbour-outer" })]
    [InlineData(new[] { "*" }, new[] { "Harbour-outer" }, new[] { "Harbour-depth", "list_files", "read_file", "search_text" })]
    public async Task Tools_Chosen_AreTheOnlyOnes(string[] wanted, string[] disallowed, string[] expected)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        var kernel = new Kernel();
        kernel.Plugins.AddFromType<Harbour>();
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl), kernel);

        var outcome = await bench.RunAsync(new AgentOptions { Tools = wanted, DisallowedTools = disallowed });

        Assert.Equal(expected, server.Log.Calls[0].Tools.Select(tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.Null(outcome.Notes);
    }

    [Fact]
    public async Task Service_OfTheKernel_IsTheDefaultModel()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0 ? ModelReply.Call("list_files", new { pattern = "*" }).WithUsage(5, 1) : ModelReply.Text("done").WithUsage(6, 2));
        var builder = Kernel.CreateBuilder();
        builder.AddOpenAIChatCompletion(modelId: "theirs", endpoint: new Uri(server.BaseUrl), apiKey: "key");
        using var bench = new KernelBench([], builder.Build());

        var outcome = await bench.RunAsync();

        Assert.Equal(("\"done\"", "kernel/default"), (outcome.AnswerJson, outcome.Model));
        Assert.Equal(new AgentUsage(11, 3), outcome.Usage);
        Assert.All(server.Log.Calls, call => Assert.Equal(("theirs", "key"), (call.Model, call.ApiKey)));
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Service_ByItsId_IsAModel()
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Text(call.Model));
        var builder = Kernel.CreateBuilder();
        builder.AddOpenAIChatCompletion(modelId: "large", endpoint: new Uri(server.BaseUrl), apiKey: null, serviceId: "first");
        builder.AddOpenAIChatCompletion(modelId: "small", endpoint: new Uri(server.BaseUrl), apiKey: null, serviceId: "second");
        using var bench = new KernelBench([], builder.Build());

        Assert.Equal("\"small\"", (await bench.RunAsync(new AgentOptions { Model = "kernel/second" })).AnswerJson);
    }

    [Fact]
    public async Task Service_ThatIsRefused_IsToldWithCauseAndRetried()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("unused"));
        server.Handler = (_, _) => Task.FromResult(server.Log.Count == 1 ? ModelReply.RateLimited(TimeSpan.FromSeconds(1)) : ModelReply.Unauthorized());
        using var http = new HttpClient();
        var builder = Kernel.CreateBuilder();
        builder.AddOpenAIChatCompletion(modelId: "theirs", endpoint: new Uri(server.BaseUrl), apiKey: "key", httpClient: http);
        using var bench = new KernelBench([], builder.Build());

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Failed, 2, 2), (outcome.Kind, outcome.Attempts, server.Log.Count));
        Assert.Contains("kernel does not accept the API key (401: ", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("Incorrect API key provided.", outcome.Failure.Cause, StringComparison.Ordinal);
        Assert.True(server.Log.Calls[1].ArrivedAt - server.Log.Calls[0].ArrivedAt >= TimeSpan.FromMilliseconds(990));
    }

    private sealed class Harbour
    {
        [KernelFunction("depth")]
        [Description("Depth of the water at a berth.")]
        public static string Depth(int berth) => berth > 0 ? $"berth {berth}: 4.5 m" : throw new ArgumentException("There is no such berth.");

        [KernelFunction("outer")]
        public static async Task<string> OuterAsync(Kernel kernel, CancellationToken cancellationToken) =>
            (await kernel.InvokeAsync<string>("Harbour", "depth", new KernelArguments { ["berth"] = 1 }, cancellationToken))!;
    }

    private sealed class Filter : IFunctionInvocationFilter
    {
        public List<string> Seen { get; } = [];

        public Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
        {
            Seen.Add(context.Function.Name);
            return next(context);
        }
    }
}
