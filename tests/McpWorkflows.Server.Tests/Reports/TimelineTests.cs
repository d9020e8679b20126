using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports.Files;

namespace McpWorkflows.Server.Tests.Reports;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Timeline_LongPause_IsFoldedSoThatTheWorkFillsTheAxis()
    {
        var timeline = Of((0, 60), (0, 60), (86_400, 86_460));

        var gap = Assert.Single(timeline.Gaps);
        Assert.Equal(TimeSpan.FromSeconds(86_340), gap.Length);
        Assert.Equal(TimeSpan.FromSeconds(120), timeline.Busy);
        Assert.Equal(0, timeline.At(Start));
        Assert.InRange(timeline.At(Start.AddSeconds(30)), 0.22, 0.26);
        Assert.Equal(1, timeline.At(Start.AddSeconds(86_460)), 6);
    }

    [Fact]
    public void Timeline_ShortPauses_AreShownAsTheyWere()
    {
        var timeline = Of((0, 10), (15, 30));

        Assert.Empty(timeline.Gaps);
        Assert.Equal(0.5, timeline.At(Start.AddSeconds(15)), 6);
    }

    [Fact]
    public void Pack_AgentsSideBySide_TakesAsManyRowsAsWereAtWorkAtOnce()
    {
        var timeline = Of((0, 10), (0, 20), (10, 30), (20, 30), (5, 8));

        var places = timeline.Pack(out var rows);

        Assert.Equal(3, rows);
        foreach (var row in timeline.Bars.Zip(places).GroupBy(pair => pair.Second, pair => pair.First))
            Assert.All(row.Zip(row.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
    }

    [Fact]
    public void Density_OverTheAxis_CountsThoseAtWork() =>
        Assert.Equal([2, 2, 1, 1], Of((0, 10), (0, 20)).Density(4, _ => true));

    [Fact]
    public void Density_OfAgentsOneAfterTheOther_IsNotTheirSum() =>
        Assert.Equal([2, 1], Of((0, 1), (1, 2), (2, 3), (2, 4), (4, 8)).Density(2, _ => true));

    [Fact]
    public void Timeline_CallsWithoutTimes_AreLeftOut()
    {
        var dossier = Dossier([(0, 1)]);
        Assert.Single(Timeline.Of(dossier with { Calls = [.. dossier.Calls, dossier.Calls[0] with { StartedAt = null }] }).Bars);
        Assert.Empty(Timeline.Of(dossier with { Calls = [] }).Bars);
    }

    private static Timeline Of(params (double From, double To)[] spans) => Timeline.Of(Dossier(spans));

    private static Dossier Dossier((double From, double To)[] spans) => new()
    {
        Status = new RunStatus
        {
            Run = new RunRecord
            {
                Id = "wf_1",
                Name = "n",
                Script = "",
                FileName = "n.js",
                Settings = new RunSettings { Workspace = "/", Seed = 1 },
                State = RunState.Completed,
                CreatedAt = Start,
            },
        },
        Calls = [.. spans.Select((span, index) => new DossierCall
        {
            Number = index + 1,
            Label = $"{index}",
            State = CallState.Succeeded,
            StartedAt = Start.AddSeconds(span.From),
            EndedAt = Start.AddSeconds(span.To),
        })],
        Questions = [],
        History = [],
        Now = Start,
    };
}
