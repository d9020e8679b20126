using System.Text.Json;
using McpWorkflows.Engine.Tests.Scripting;

namespace McpWorkflows.Engine.Tests.Extensions;

public sealed class VerifyTests
{
    [Theory]
    [InlineData("confirmed confirmed confirmed", "confirmed", 3, 0)]
    [InlineData("confirmed confirmed refuted", "confirmed", 2, 1)]
    [InlineData("confirmed refuted refuted", "refuted", 1, 2)]
    [InlineData("confirmed unverifiable unverifiable", "unverified", 1, 0)]
    [InlineData("unverifiable unverifiable unverifiable", "unverified", 0, 0)]
    [InlineData("confirmed confirmed failed", "confirmed", 2, 0)]
    [InlineData("confirmed failed failed", "unverified", 1, 0)]
    [InlineData("failed failed failed", "unverified", 0, 0)]
    [InlineData("refuted failed failed", "unverified", 0, 1)]
    public async Task Verify_ThreeSkeptics_MajorityDecidesAndNobodyIsTakenForConsent(string votes, string verdict, int inFavour, int against)
    {
        var (result, run) = await PatternRun.RunAsync(
            "return await verify('the sky is green')",
            PatternRun.InTurn([.. votes.Split(' ').Select(vote => vote == "failed" ? null : PatternRun.Vote(vote))]));

        Assert.Equal(verdict, result.GetProperty("verdict").GetString());
        Assert.Equal(verdict == "confirmed", result.GetProperty("survives").GetBoolean());
        Assert.Equal((inFavour, against), (result.GetProperty("for").GetInt32(), result.GetProperty("against").GetInt32()));
        Assert.Equal(votes.Split(' '), result.GetProperty("votes").EnumerateArray().Select(vote => vote.GetProperty("verdict").GetString()));
        Assert.All(run.Agents, call => Assert.Contains("<claim>\nthe sky is green\n</claim>", call.Prompt, StringComparison.Ordinal));
        Assert.Equal(3, run.Agents.Select(call => call.Prompt).Distinct().Count());
    }

    [Theory]
    [InlineData("refuted", "refuted")]
    [InlineData("confirmed", "confirmed")]
    [InlineData("open", "unverified")]
    public async Task Verify_NothingCanBeChecked_CountsAsTheScriptSays(string unverifiable, string verdict)
    {
        var (result, _) = await PatternRun.RunAsync(
            $"return await verify('x', {{ unverifiable: '{unverifiable}' }})", _ => PatternRun.Vote("unverifiable"));

        Assert.Equal(verdict, result.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Verify_QuorumOfOneAndLenses_OneRefutationKillsAndEachSkepticHasItsLens()
    {
        var (result, run) = await PatternRun.RunAsync(
            "return await verify({ a: 1 }, { lenses: ['the source', 'the numbers'], quorum: 1, model: 'smart', phase: 'Check' })",
            PatternRun.InTurn(PatternRun.Vote("confirmed"), PatternRun.Vote("refuted")));

        Assert.Equal("refuted", result.GetProperty("verdict").GetString());
        Assert.Equal(["skeptic 1 (the source)", "skeptic 2 (the numbers)"], run.Agents.Select(call => call.Label));
        Assert.All(run.Agents, call => Assert.Equal(("smart", "Check"), (call.Options.Model, call.Phase)));
        Assert.Equal("""{"a":1}""", JsonSerializer.Serialize(result.GetProperty("claim")));
    }

    [Theory]
    [InlineData("verify('')", "needs a claim")]
    [InlineData("verify('x', { skeptics: 0 })", "1 or more")]
    [InlineData("verify('x', { quorum: 4 })", "from 1 to 3")]
    [InlineData("verify('x', { rounds: 0 })", "from 1 to 10")]
    [InlineData("verify('x', { unverifiable: 'maybe' })", "'open', 'refuted' or 'confirmed'")]
    public async Task Verify_BadArguments_RejectWithTheRemedyAndTheScriptsOwnLine(string call, string message)
    {
        await using var run = await ScriptDriver.RunAsync($"await agent('first')\nawait {call}");

        Assert.Contains(message, run.Error.Message, StringComparison.Ordinal);
        Assert.Empty(run.Agents.Skip(1));
    }

    [Fact]
    public async Task Verify_SecondRound_FillsOnlyThePlacesThatDidNotDecide()
    {
        var (result, run) = await PatternRun.RunAsync(
            "return await verify('x', { rounds: 3 })",
            PatternRun.InTurn(
                PatternRun.Vote("confirmed"), PatternRun.Vote("unverifiable"), null,
                PatternRun.Vote("confirmed"), null,
                PatternRun.Vote("refuted")));

        Assert.Equal("confirmed", result.GetProperty("verdict").GetString());
        Assert.Equal([1, 2, 3], result.GetProperty("votes").EnumerateArray().Select(vote => vote.GetProperty("round").GetInt32()));
        Assert.Equal(
            ["skeptic 1", "skeptic 2", "skeptic 3", "skeptic 2, round 2", "skeptic 3, round 2", "skeptic 3, round 3"],
            run.Agents.Select(call => call.Label));
        Assert.Contains("could not check it (because unverifiable)", run.Agents.ElementAt(3).Prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("could not check it", run.Agents.ElementAt(4).Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ScriptDeclaresTheName_IsTheScripts() =>
        Assert.Equal("\"mine: x\"", await ScriptDriver.ResultAsync("const verify = text => `mine: ${text}`\nreturn verify('x')"));

    [Fact]
    public async Task Verify_InChildWorkflow_GroupsUnderTheChild()
    {
        var driver = new ScriptDriver
        {
            Agent = _ => new Engine.Scripting.Resolved("""{"verdict":"confirmed","reason":"r","evidence":"e"}"""),
            Workflow = _ => new Engine.Scripting.ChildScript("child", "child.js", ScriptDriver.Body("phase('In'); return (await verify('x')).verdict")),
        };
        await using var run = await ScriptDriver.RunAsync("return await workflow('child')", driver);

        Assert.Equal("\"confirmed\"", run.ResultJson);
        Assert.All(run.Agents, call => Assert.Equal("▸ child · In", call.Phase));
    }
}
