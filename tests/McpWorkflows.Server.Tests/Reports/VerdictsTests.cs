using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Reports.Files;

namespace McpWorkflows.Server.Tests.Reports;

public sealed class VerdictsTests
{
    [Fact]
    public void Of_VerifyPattern_GroupsVotesByClaimAndCountsTheMajority()
    {
        var claims = Verdicts.Of([
            Skeptic(1, "A", "refuted"), Skeptic(2, "A", "confirmed"), Skeptic(3, "A", "refuted"),
            Skeptic(1, "B", "confirmed"), Skeptic(2, "B", "confirmed"), Skeptic(3, "B", null),
            Skeptic(1, "C", "unverifiable"), Skeptic(2, "C", "confirmed"), Skeptic(3, "C", null)]);

        Assert.Equal([("A", "refuted"), ("B", "confirmed"), ("C", "unverified")], claims.Select(claim => (claim.Claim, claim.Verdict)));
        Assert.Equal(["confirmed", "confirmed", "failed"], claims[1].Votes.Select(vote => vote.Verdict));
        Assert.Equal("no answer", claims[1].Votes[2].Reason);
    }

    [Fact]
    public void Of_SkepticsAskedAgain_CountsTheLastWordOfEach()
    {
        var claim = Assert.Single(Verdicts.Of([
            Skeptic(1, "A", "unverifiable"), Skeptic(2, "A", "confirmed"), Skeptic(3, "A", "refuted"),
            Skeptic(1, "A", "confirmed"), Skeptic(3, "A", null)]));

        Assert.Equal(("confirmed", 2, 1, 3), (claim.Verdict, claim.InFavour, claim.Against, claim.Skeptics));
        Assert.Equal(["confirmed", "confirmed", "refuted"], claim.Votes.Select(vote => vote.Verdict));
    }

    [Fact]
    public void Of_SkepticsOfWhomMostWereNeverAsked_DecideNothing()
    {
        var claim = Assert.Single(Verdicts.Of([Skeptic(1, "A", "refuted")]));

        Assert.Equal(("unverified", 1, 3), (claim.Verdict, claim.Against, claim.Skeptics));
    }

    [Theory]
    [InlineData("await verify(claim, { skeptics: 3 })", true, "decide")]
    [InlineData("await verify(claim, { quorum: 1 })", true, "rule of its own")]
    [InlineData("const unverifiable = 'refuted'; verify(claim, { unverifiable })", true, "rule of its own")]
    [InlineData("await agent('skeptic 1 of 2')", false, "what the script made of them")]
    public void Rule_ByTheScript_SaysHowVotesAreCounted(string script, bool byPattern, string words) =>
        Assert.Contains(words, Verdicts.Rule(Verdicts.Of([byPattern ? Skeptic(1, "A", "refuted") : Own(1, 12, true)]), script), StringComparison.Ordinal);

    [Fact]
    public void Of_AScriptsOwnSkeptics_AreRecognizedByTheirAnswers()
    {
        var claims = Verdicts.Of([Own(1, 12, true), Own(2, 12, true), Own(1, 40, false), Own(2, 40, false)]);

        // Two claims: the line tells them apart, the skeptic's number does not.
        Assert.Equal(["refuted", "confirmed"], claims.Select(claim => claim.Verdict));
        Assert.Contains("Line: 12", claims[0].Claim, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OtherAnswers_AreNoVotes() =>
        Assert.Empty(Verdicts.Of([Call("p", "{\"verdict\":\"fine\"}"), Call("p", "\"refuted\""), Call("p", "{\"refuted\":\"yes\"}")]));

    [Fact]
    public void Panels_JudgesInOrdersOfTheirOwn_ScoreTheSameCandidates()
    {
        var panel = Assert.Single(Contests.Panels([Judge("X", "Y", 9, 2), Judge("Y", "X", 4, 7)]));

        Assert.Equal([("X", 8.0), ("Y", 3.0)], panel.Ranking.Select(candidate => (candidate.Text, candidate.Mean!.Value)));
    }

    [Fact]
    public void Matches_OfATournament_SayWhoWasBetter()
    {
        var match = Assert.Single(Contests.Matches([Call("Two.\n<first>\nX\n</first>\n\n<second>\nY\n</second>\n", """{"better":"second","reason":"shorter"}""")]));

        Assert.Equal(("X", "Y", "second", "shorter"), (match.First, match.Second, match.Better, match.Reason));
    }

    [Theory]
    [InlineData("a | b", @"a \| b")]
    [InlineData("<b>*x*</b>\n# y", @"&lt;b\>\*x\*&lt;/b\> \# y")]
    [InlineData("see http://a.example and www.b.example", "see http&#58;//a.example and www&#46;b.example")]
    [InlineData("![x](y) \u202e\u0007", "\\!\\[x\\]\\(y\\) \ufffd\ufffd")]
    public void Inline_WhateverAgentsSay_StaysText(string said, string written) => Assert.Equal(written, MarkdownText.Inline(said));

    [Fact]
    public void Block_TextWithFences_CannotCloseItsFence() =>
        Assert.StartsWith("`````\n", new MarkdownText().Block("a ```` b").ToString());

    private static DossierCall Skeptic(int number, string claim, string? verdict) => Call(
        $"You are skeptic {number} of 3. Others check the same claim.\n\n<claim>\n{claim}\n</claim>\n\nLook at it through this lens above all: {number}\n",
        verdict is null ? null : $$"""{"verdict":"{{verdict}}","reason":"r","evidence":""}""");

    private static DossierCall Own(int number, int line, bool refuted) => Call(
        $"You are skeptic {number} of 2. Try to refute this.\n\nLine: {line}", $$"""{"refuted":{{(refuted ? "true" : "false")}},"reason":"r"}""");

    private static DossierCall Judge(string first, string second, int one, int two) => Call(
        $"<candidate number=\"1\">\n{first}\n</candidate>\n\n<candidate number=\"2\">\n{second}\n</candidate>",
        $$"""{"scores":[{"candidate":1,"score":{{one}},"reason":"r"},{"candidate":2,"score":{{two}},"reason":"r"}]}""");

    private static DossierCall Call(string prompt, string? answer) => new()
    {
        Number = 1,
        Label = "agent",
        State = answer is null ? CallState.Failed : CallState.Succeeded,
        Prompt = prompt,
        Outcome = new AgentOutcome
        {
            Kind = answer is null ? AgentOutcomeKind.Failed : AgentOutcomeKind.Succeeded,
            AnswerJson = answer,
            Failure = answer is null ? new AgentFailure("no answer") : null,
        },
    };
}
