using McpWorkflows.Agents.AgentTypes;
using McpWorkflows.Agents.Options;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.Options;

public sealed class OptionsResolverTests
{
    private static readonly AgentTypeDefinition Type = new()
    {
        Name = "reviewer",
        Instructions = "Review.",
        Model = "openai/type",
        Effort = "high",
        Tools = ["read_file"],
        DisallowedTools = ["search_text"],
    };

    [Fact]
    public void Resolve_WithoutAnyWord_GivesTheConfiguredModelAndDefaults()
    {
        var options = Resolve(new AgentOptions(), null, null);

        Assert.Equal("""{"model":{"value":"openai/configured","from":"configuration"}}""", options.ToJson());
        Assert.Equal((TimeSpan.FromSeconds(180), 50, 3), (options.Stall.Value, options.MaxTurns.Value, options.Retries.Value));
    }

    [Fact]
    public void Resolve_WhatTheTypeSays_GoesBeforeTheRun()
    {
        var options = Resolve(new AgentOptions { AgentType = "reviewer" }, Type, "openai/run");

        Assert.Equal(
            """{"model":{"value":"openai/type","from":"agentType"},"effort":{"value":"high","from":"agentType"},"tools":{"value":["read_file"],"from":"agentType"},"disallowedTools":{"value":["search_text"],"from":"agentType"}}""",
            options.ToJson());
    }

    [Fact]
    public void Resolve_WhatTheCallSays_GoesBeforeAll()
    {
        var call = new AgentOptions
        {
            Model = "openai/call",
            Effort = "low",
            DisallowedTools = ["list_files"],
            Stall = TimeSpan.FromSeconds(5),
            Timeout = TimeSpan.FromSeconds(9),
            MaxTurns = 2,
            Retries = 0,
        };

        var options = Resolve(call, Type, "openai/run");

        Assert.Equal(
            """{"model":{"value":"openai/call","from":"call"},"effort":{"value":"low","from":"call"},"tools":{"value":["read_file"],"from":"agentType"},"disallowedTools":{"value":["list_files","search_text"],"from":"call"},"stallMs":{"value":5000,"from":"call"},"timeoutMs":{"value":9000,"from":"call"},"maxTurns":{"value":2,"from":"call"},"retries":{"value":0,"from":"call"}}""",
            options.ToJson());
    }

    [Fact]
    public void Resolve_AnAliasThatNobodyMapped_LeavesTheModelToTheRun()
    {
        var options = Resolve(new AgentOptions { Model = "haiku" }, null, "openai/run");

        Assert.Equal((new ModelReference("openai", "run"), Origin.Run), (options.Model.Value, options.Model.From));
    }

    private static ResolvedOptions Resolve(AgentOptions call, AgentTypeDefinition? type, string? runModel)
    {
        var models = ModelConfiguration.FromEnvironment(new Dictionary<string, string?> { ["MCPWORKFLOWS_MODEL"] = "openai/configured" });
        var request = new AgentRequest { RunId = "run", CallNumber = 1, Prompt = "", Label = "", Options = call, DefaultModel = runModel, Workspace = "/" };
        return new OptionsResolver(new AgentHostOptions { Models = models }, models.ProviderNames).Resolve(request, type?.Options).Options!;
    }
}
