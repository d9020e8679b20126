using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.Providers;

public sealed class ModelResolverTests
{
    [Theory]
    [InlineData(null, null, "openai/base")]
    [InlineData(null, "openai/run", "openai/run")]
    [InlineData("openai/call", "openai/run", "openai/call")]
    [InlineData("call", "openai/run", "openai/call")]
    [InlineData("openai/Qwen/Qwen3-8B", null, "openai/Qwen/Qwen3-8B")]
    [InlineData("haiku", "openai/run", "openai/small")]
    [InlineData("HAIKU", "openai/run", "openai/small")]
    [InlineData("sonnet", "openai/run", "openai/run")]
    [InlineData("inherit", "openai/run", "openai/run")]
    [InlineData("opus", null, "openai/base")]
    [InlineData(null, "haiku", "openai/small")]
    [InlineData(null, "opus", "openai/base")]
    [InlineData("rehearsal", "openai/run", "rehearsal")]
    [InlineData("openai/dear", "rehearsal", "rehearsal")]
    [InlineData("nowhere/dear", "rehearsal", "rehearsal")]
    [InlineData(" ", "openai/run", "openai/run")]
    public void Resolve_ByCallRunAndConfiguration_GivesTheModel(string? call, string? run, string expected)
    {
        var resolved = Resolver(new() { ["MCPWORKFLOWS_MODEL"] = "base", ["MCPWORKFLOWS_MODEL_HAIKU"] = "small" }).Resolve(call, run);

        Assert.Equal(expected, resolved.Model?.ToString());
    }

    [Fact]
    public void Resolve_UnknownProvider_NamesTheKnownOnes()
    {
        var resolved = Resolver(new() { ["MCPWORKFLOWS_MODEL"] = "base" }).Resolve("acme/x", null);

        Assert.Contains("'acme' is not known", resolved.Problem, StringComparison.Ordinal);
        Assert.Contains("openai", resolved.Problem, StringComparison.Ordinal);
        Assert.Contains("rehearsal", resolved.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, null, false)]
    [InlineData(null, "key", null, null, false)]
    [InlineData("openai/m", null, null, null, false)]
    [InlineData("openai/m", "key", null, null, true)]
    [InlineData("openai/m", null, "http://localhost:11434/v1", null, true)]
    [InlineData("openai/m", "key", "localhost", null, false)]
    [InlineData("rehearsal", null, null, null, true)]
    [InlineData(null, null, null, "rehearsal", true)]
    [InlineData(null, null, null, "openai/m", false)]
    [InlineData(null, "key", null, "openai/m", true)]
    public void Configuration_SaysWhetherAModelCanBeUsed(string? model, string? key, string? url, string? run, bool usable)
    {
        var configuration = ModelConfiguration.FromEnvironment(new Dictionary<string, string?>
        {
            ["MCPWORKFLOWS_MODEL"] = model,
            ["OPENAI_API_KEY"] = key,
            ["OPENAI_BASE_URL"] = url,
        });

        Assert.Equal(usable, configuration.Problem(run) is null);
        Assert.Equal(run is null && usable, configuration.HasModel && run is null);
    }

    [Fact]
    public async Task Host_WithoutAModel_RefusesAndSaysHowToConfigureOne()
    {
        using var bench = AgentBench.On(new Dictionary<string, string?>());

        var none = await bench.RunAsync();
        var named = await bench.RunAsync(runModel: "openai/m");

        Assert.All([none, named], outcome =>
        {
            Assert.Equal((AgentOutcomeKind.Refused, 0), (outcome.Kind, outcome.Attempts));
            Assert.All(
                ["OPENAI_API_KEY", "OPENAI_BASE_URL", "--model openai/NAME", "MCPWORKFLOWS_MODEL", "rehearsal"],
                name => Assert.Contains(name, outcome.Failure!.Cause, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Options_OutOfBounds_AreNamed()
    {
        var models = ModelConfiguration.FromEnvironment(_ => null);

        var thrown = Assert.Throws<ArgumentException>(() => new ChatAgentHost(new AgentHostOptions { Models = models, MaxTurns = 0 }));

        Assert.StartsWith("AgentHostOptions.MaxTurns must be from 1 to 10,000.", thrown.Message, StringComparison.Ordinal);
    }

    private static ModelResolver Resolver(Dictionary<string, string?> variables) =>
        new(ModelConfiguration.FromEnvironment(variables), [ModelReference.OpenAI]);
}
