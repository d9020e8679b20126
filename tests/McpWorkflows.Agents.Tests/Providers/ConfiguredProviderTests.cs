using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Agents.Tests.Providers;

public sealed class ConfiguredProviderTests
{
    [Theory]
    [InlineData(null, "acme/default", "configuration")]
    [InlineData("reviewer", "acme/review", "call")]
    [InlineData("fast", "acme/review", "call")]
    [InlineData("acme/x/y", "acme/x/y", "call")]
    public async Task Provider_OfTheSettings_IsAskedUnderItsName(string? model, string expected, string from)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var bench = AgentBench.On(new ModelSettingsOf("acme", server.BaseUrl) { Headers = new Dictionary<string, string> { ["X-Team"] = "a" } }.Settings);

        var outcome = await bench.RunAsync(options: new AgentOptions { Model = model });

        Assert.Equal((expected, $"{{\"model\":{{\"value\":\"{expected}\",\"from\":\"{from}\"}}}}"), (outcome.Model, outcome.Resolved));
        Assert.Equal((expected[5..], "a"), (server.Log.Calls[0].Model, server.Log.Calls[0].Headers["X-Team"]));
    }

    [Theory]
    [InlineData(null, "/openai/v1/chat/completions", "")]
    [InlineData("2024-10-21", "/openai/deployments/gpt/chat/completions", "?api-version=2024-10-21")]
    public async Task Azure_IsAskedAtItsAddressWithItsKey(string? version, string path, string query)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var bench = AgentBench.On(
            new ModelSettings { Default = "azure/gpt", Providers = [new() { Name = "azure", Kind = ProviderKind.Azure, ApiVersion = version }] },
            new Dictionary<string, string?> { ["AZURE_OPENAI_ENDPOINT"] = server.Origin, ["AZURE_OPENAI_API_KEY"] = "azure-key" });

        var outcome = await bench.RunAsync();

        server.Log.AssertWellFormed();
        Assert.Equal("\"ok\"", outcome.AnswerJson);
        var call = server.Log.Calls[0];
        Assert.Equal((path, query, "azure-key", "gpt"), (call.Path, call.Query, call.ApiKey, call.Model));
        Assert.False(call.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Client_OfTheRun_IsAsked()
    {
        var own = new ScriptedChatClient(ScriptedChatClient.Text("mine"));
        using var bench = AgentBench.On(own, runId => runId == "run");

        var outcome = await bench.RunAsync(runModel: "client/any");

        Assert.Equal(("\"mine\"", "client/any"), (outcome.AnswerJson, outcome.Model));
    }

    [Fact]
    public async Task Client_ThatOffersNoModel_IsRefusedWithTheRemedy()
    {
        using var bench = AgentBench.On(new ScriptedChatClient(), _ => false);

        var outcome = await bench.RunAsync(runModel: "client/any");

        Assert.Equal(AgentOutcomeKind.Refused, outcome.Kind);
        Assert.Contains("sampling", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openrouter/x", "OPENROUTER_API_KEY is not set")]
    [InlineData("anthropic/x", "ANTHROPIC_API_KEY is not set")]
    [InlineData("azure/x", "Set AZURE_OPENAI_ENDPOINT")]
    [InlineData("anthropc/x", "Did you mean 'anthropic'?")]
    public async Task Provider_ThatLacksSomething_SaysWhat(string model, string words)
    {
        using var bench = AgentBench.On(new Dictionary<string, string?>());

        var outcome = await bench.RunAsync(runModel: model);

        Assert.Equal(AgentOutcomeKind.Refused, outcome.Kind);
        Assert.Contains(words, outcome.Failure!.Cause, StringComparison.Ordinal);
    }
}
