using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Engine.Tests.Runs;

public sealed class ItemIdentityTests
{
    private readonly ItemIdentity _identity = new();

    public static TheoryData<AgentOptions> OptionsThatCount =>
    [
        new AgentOptions { SchemaJson = """{"type":"object"}""" },
        new AgentOptions { Model = "x" },
        new AgentOptions { Effort = "x" },
        new AgentOptions { Isolation = "x" },
        new AgentOptions { AgentType = "x" },
        new AgentOptions { Tools = [] },
        new AgentOptions { Tools = ["x"] },
        new AgentOptions { Tools = ["x", "y"] },
        new AgentOptions { Tools = ["xy"] },
        new AgentOptions { DisallowedTools = ["x"] },
    ];

    [Fact]
    public void OfAgent_SameContent_IsThisHashInEveryRelease() =>
        Assert.Equal(
            "7df86cbd",
            _identity.OfAgent("Find bugs in é", new AgentOptions { SchemaJson = """{"type":"object","properties":{}}""", Model = "m", Tools = ["a", "b"] })[..8]);

    [Theory]
    [MemberData(nameof(OptionsThatCount))]
    public void OfAgent_AnOptionThatCanChangeTheAnswer_ChangesTheHash(AgentOptions options)
    {
        var hashes = OptionsThatCount.Select(row => _identity.OfAgent("p", row)).Append(_identity.OfAgent("p", AgentOptions.None));

        Assert.Single(hashes, hash => hash == _identity.OfAgent("p", options));
    }

    [Fact]
    public void OfAgent_OptionsOfPatience_DoNotCount() =>
        Assert.Equal(
            _identity.OfAgent("p", AgentOptions.None),
            _identity.OfAgent("p", new AgentOptions { Stall = TimeSpan.FromDays(1), Timeout = TimeSpan.FromDays(1), MaxTurns = 3, Retries = 2 }));

    [Fact]
    public void OfAgent_SchemaKeysInAnotherOrder_IsTheSame() =>
        Assert.Equal(
            _identity.OfAgent("p", new AgentOptions { SchemaJson = """{"type":"object","properties":{"a":{"x":[1,{"d":2,"c":1}],"y":"\ud800"},"é":{}}}""" }),
            _identity.OfAgent("p", new AgentOptions { SchemaJson = """{ "properties": {"é":{},"a":{"y":"\ud800","x":[1,{"c":1,"d":2}]}}, "type":"object" }""" }));

    [Fact]
    public void OfAgent_SchemaItemsInAnotherOrder_IsAnother() =>
        Assert.NotEqual(
            _identity.OfAgent("p", new AgentOptions { SchemaJson = """{"required":["a","b"]}""" }),
            _identity.OfAgent("p", new AgentOptions { SchemaJson = """{"required":["b","a"]}""" }));

    [Fact]
    public void OfAgent_LoneSurrogates_StayDistinct()
    {
        string[] prompts = ["\ud800", "\udbff", "\udc00", "\ufffd", "\ud800\udc00", "\udc00\ud800"];

        Assert.Equal(prompts.Length, prompts.Select(prompt => _identity.OfAgent(prompt, AgentOptions.None)).Distinct().Count());
    }

    [Fact]
    public void OfWorkflow_NameAndPathOfTheSameText_AreTwo() =>
        Assert.NotEqual(_identity.OfWorkflow("a", null), _identity.OfWorkflow(null, "a"));

    [Fact]
    public void Next_EqualContent_CountsPerKind()
    {
        Assert.Equal(new ItemKey(ItemKind.Agent, "h", 1), _identity.Next(ItemKind.Agent, "h"));
        Assert.Equal(new ItemKey(ItemKind.Agent, "h", 2), _identity.Next(ItemKind.Agent, "h"));
        Assert.Equal(new ItemKey(ItemKind.Timer, "h", 1), _identity.Next(ItemKind.Timer, "h"));
        Assert.NotEqual(
            _identity.OfOccurrence(new ItemKey(ItemKind.Agent, "h", 1)),
            _identity.OfOccurrence(new ItemKey(ItemKind.Agent, "h", 2)));
    }
}
