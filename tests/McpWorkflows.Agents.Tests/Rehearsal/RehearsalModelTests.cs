using System.Text.Json;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.Rehearsal;

public sealed class RehearsalModelTests
{
    public static TheoryData<string> Schemas =>
    [
        """{"type":"object","properties":{"title":{"type":"string"},"done":{"type":"boolean"},"n":{"type":"integer"},"x":{"type":"number"}},"required":["title"]}""",
        """{"type":"object","properties":{"items":{"type":"array","items":{"type":"object","properties":{"file":{"type":"string"},"line":{"type":"integer","minimum":1}},"required":["file","line"]},"minItems":3,"maxItems":5}},"required":["items"]}""",
        """{"type":"object","properties":{"v":{"enum":["a","b"]},"c":{"const":{"k":[1,null]}},"n":{"type":["string","null"]}},"required":["v","c","n"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"anyOf":[{"type":"null"},{"type":"string","minLength":40}]},"b":{"oneOf":[{"type":"integer","multipleOf":7,"minimum":8},{"type":"string"}]}},"required":["a","b"]}""",
        """{"type":"object","allOf":[{"properties":{"a":{"type":"number"}},"required":["a"]},{"properties":{"a":{"minimum":3,"maximum":3.5}}}]}""",
        """{"type":"object","properties":{"t":{"$ref":"#/$defs/tree"}},"required":["t"],"$defs":{"tree":{"type":"object","properties":{"name":{"type":"string"},"kids":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["name","kids"]}}}""",
        """{"type":"object","properties":{"id":{"type":"string","pattern":"^[A-Z]{2,4}-\\d+$"},"sha":{"type":"string","pattern":"^[0-9a-f]{40}$"},"v":{"type":"string","pattern":"^v?\\d+\\.\\d+\\.\\d+$"},"s":{"type":"string","pattern":"^(low|high)$"},"any":{"type":"string","pattern":".*"},"p":{"type":"string","pattern":"^src/.+\\.cs$"}},"required":["id","sha","v","s","any","p"]}""",
        """{"type":"object","properties":{"d":{"type":"string","format":"date-time"},"u":{"type":"string","format":"uri"},"g":{"type":"string","format":"uuid"}},"required":["d","u","g"]}""",
        """{"type":"object","properties":{"n":{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":0.5},"score":{"type":"integer","minimum":0,"maximum":10},"neg":{"type":"integer","maximum":-3},"step":{"type":"number","multipleOf":0.25,"minimum":0.3}},"required":["n","score","neg","step"]}""",
        """{"type":"object","properties":{"pair":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false},"u":{"type":"array","items":{"enum":["x","y","z"]},"uniqueItems":true},"w":{"type":"array","items":{"type":"string"},"uniqueItems":true,"minItems":4},"e":{"type":"array","maxItems":0}},"required":["pair","u","w","e"]}""",
        """{"type":"object","required":["undeclared"],"additionalProperties":{"type":"integer"},"minProperties":3}""",
        """{"type":"object","properties":{"s":{"type":"string","maxLength":5},"t":{"type":"string","maxLength":0},"m":{"type":"string","minLength":3,"maxLength":3}},"required":["s","t","m"]}""",
        """{"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"string"}},"required":["kind"],"if":{"properties":{"kind":{"const":"a"}}},"then":{"properties":{"x":{"minLength":1}}}}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["a"]},{"required":["b"]}]}""",
        """{"type":"object","properties":{"l":{"type":"array","items":{"type":"integer"},"contains":{"minimum":9}}},"required":["l"]}""",
        """{"type":"object","properties":{}}""",
        """{"type":"object"}""",
    ];

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task Answer_ForASchema_SatisfiesItAndIsTheSameEachTime(string schema)
    {
        using var bench = AgentBench.On(new Dictionary<string, string?> { ["MCPWORKFLOWS_MODEL"] = "rehearsal" });

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = schema });
        var again = await bench.RunAsync(options: new AgentOptions { SchemaJson = schema, Model = "openai/dear" });

        Assert.True(outcome.Rehearsed && again.Rehearsed);
        Assert.Equal((AgentOutcomeKind.Succeeded, AgentUsage.None, "rehearsal"), (outcome.Kind, outcome.Usage, outcome.Model));
        Assert.Empty(new JsonSchemaValidator(JsonElement.Parse(schema)).Validate(JsonElement.Parse(outcome.AnswerJson!)));
        Assert.Equal(outcome.AnswerJson, again.AnswerJson);
    }

    [Theory]
    [InlineData("done", true)]
    [InlineData("isComplete", true)]
    [InlineData("approved", true)]
    [InlineData("isReal", true)]
    [InlineData("refuted", false)]
    [InlineData("hasMore", false)]
    [InlineData("incomplete", false)]
    [InlineData("needsWork", false)]
    [InlineData("whatever", false)]
    public async Task Booleans_AreWhatLetsALoopEnd(string name, bool expected)
    {
        using var bench = AgentBench.On(new Dictionary<string, string?> { ["MCPWORKFLOWS_MODEL"] = "rehearsal" });
        var schema = $$$"""{"type":"object","properties":{"{{{name}}}":{"type":"boolean"}},"required":["{{{name}}}"]}""";

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = schema });

        Assert.Equal(expected, JsonElement.Parse(outcome.AnswerJson!).GetProperty(name).GetBoolean());
    }

    [Fact]
    public async Task Lists_HaveTwoDifferentItems_UntilARunIsVeryLong()
    {
        const string schema = """{"type":"object","properties":{"found":{"type":"array","items":{"type":"object","properties":{"title":{"type":"string"}},"required":["title"]}}},"required":["found"]}""";
        using var bench = AgentBench.On(new Dictionary<string, string?> { ["MCPWORKFLOWS_MODEL"] = "rehearsal" });
        using var host = new ChatAgentHost(new AgentHostOptions { Models = McpWorkflows.Agents.Providers.ModelConfiguration.FromEnvironment(_ => null) });
        var options = new AgentOptions { SchemaJson = schema };

        Assert.Equal("""{"found":[{"title":"rehearsed title 1"},{"title":"rehearsed title 2"}]}""", (await bench.RunAsync(options: options)).AnswerJson);
        var late = bench.Request("p", options, "rehearsal") with { CallNumber = 301 };
        Assert.Equal("""{"found":[]}""", (await host.RunAsync(late, bench, TestContext.Current.CancellationToken)).AnswerJson);
    }

    [Fact]
    public async Task Text_NamesTheCall()
    {
        using var bench = AgentBench.On(new Dictionary<string, string?>());

        Assert.Equal("\"[rehearsed answer to: label]\"", (await bench.RunAsync(runModel: "rehearsal")).AnswerJson);
    }
}
