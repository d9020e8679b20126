using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tests.Tools;

/// <summary>What a policy forbids agents, and what is forecast of calls.</summary>
public sealed class RuleTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ScriptedChatClient _client = new(ScriptedChatClient.Text("ok"));
    private readonly ChatAgentHost _host;

    public RuleTests() => _host = new ChatAgentHost(
        new AgentHostOptions
        {
            Models = ModelConfiguration.FromEnvironment(new Dictionary<string, string?> { ["MCPWORKFLOWS_MODEL"] = "openai/gpt-5" }),
            Granted = new GrantedTools { WriteFile = true, RunCommand = true },
            UserHome = _folder.At("../home"),
            RefuseModel = (_, model) => model is "openai/gpt-5" or "rehearsal" ? null : $"The model {model} is not allowed: policy.models in FILE.",
            RefuseTool = (_, tool) => tool is "read_file" or "write_file" ? null : "not allowed: policy.tools in FILE",
        },
        new Dictionary<string, IChatClient> { ["openai"] = _client });

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Model_ThatIsForbidden_IsRefusedBeforeItIsAsked()
    {
        var outcome = await RunAsync(new AgentOptions { Model = "openai/gpt-5-mini" });

        Assert.Equal((AgentOutcomeKind.Refused, "The model openai/gpt-5-mini is not allowed: policy.models in FILE."), (outcome.Kind, outcome.Failure!.Cause));
        Assert.Empty(_client.Requests);
    }

    [Fact]
    public async Task Tools_ThatAreForbidden_AreNotOfferedAndTheRecordSaysWhy()
    {
        var outcome = await RunAsync(AgentOptions.None);

        Assert.Equal(["read_file", "write_file"], _client.Requests[0].Options.Tools!.Select(tool => tool.Name).Order());
        Assert.StartsWith("Tools withheld: ", Assert.Single(outcome.Notes!), StringComparison.Ordinal);
        Assert.Contains("policy.tools in FILE", outcome.Notes![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_AskedForButForbidden_IsToldToTheModel()
    {
        var outcome = await RunAsync(new AgentOptions { Tools = ["read_file", "run_command"] });

        Assert.Contains("run_command (not allowed: policy.tools in FILE)", _client.Requests[0].Messages[1].Text, StringComparison.Ordinal);
        Assert.Contains("policy.tools in FILE", Assert.Single(outcome.Notes!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_OfAnAgentType_NeedsBothRules()
    {
        _folder.Write("../home/.mcpworkflows/agents/other.md", "---\nname: other\ncommand: touch ran\n---\n");

        var outcome = await RunAsync(new AgentOptions { AgentType = "other" });

        Assert.Equal("The model command/other is not allowed: policy.models in FILE.", outcome.Failure!.Cause);
        Assert.False(File.Exists(_folder.At("ran")));
    }

    [Fact]
    public void Forecast_OfCalls_NamesModelCostAndWhatStandsInTheWay()
    {
        var plain = Forecast(AgentOptions.None);
        var forbidden = Forecast(new AgentOptions { Model = "openai/gpt-5-mini", Tools = ["edit_file", "run_command", "read_file"] });

        Assert.Equal(("openai/gpt-5", 1.25m + 10m), (plain.Model, plain.Cost));
        Assert.Null(plain.Problem);
        Assert.Empty(plain.Withheld);
        Assert.Contains("policy.models in FILE", forbidden.Problem, StringComparison.Ordinal);
        Assert.Equal(["edit_file", "run_command"], forbidden.Withheld.Order());
        Assert.Contains("not found", Forecast(new AgentOptions { AgentType = "nobody" }).Problem, StringComparison.Ordinal);
        Assert.Equal(0, _host.Forecast(Request(AgentOptions.None) with { DefaultModel = "rehearsal" }, new AgentUsage(1, 1)).Cost);
    }

    private AgentForecast Forecast(AgentOptions options) => _host.Forecast(Request(options), new AgentUsage(1_000_000, 1_000_000));

    private Task<AgentOutcome> RunAsync(AgentOptions options) =>
        _host.RunAsync(Request(options), new Progress<AgentProgress>(), TestContext.Current.CancellationToken).WaitAsync(AgentBench.Patience, CancellationToken.None);

    private AgentRequest Request(AgentOptions options) => new()
    {
        RunId = "run",
        CallNumber = 1,
        Prompt = "Do it.",
        Label = "label",
        Options = options,
        Workspace = _folder.Path,
    };
}
