using System.Text.RegularExpressions;
using McpWorkflows.Server.CommandLine.Live;

namespace McpWorkflows.Server.Tests.CommandLine.Live;

public sealed class RunFrameTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 1, 0, TimeSpan.Zero);
    private static readonly TerminalStyle Plain = new(HasColour: false, HasBlocks: true);

    [Fact]
    public void Draw_AtAnySize_StaysWithinIt()
    {
        var pictures = new[] { Picture(0, 0), Picture(3, 2), Picture(40, 16), Picture(3, 200) };
        foreach (var picture in pictures)
        {
            for (var width = 1; width <= 200; width += width < 100 ? 1 : 17)
            {
                foreach (var height in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 24, 60 })
                {
                    var lines = RunFrame.Draw(picture, width, height, new TerminalStyle(true, true), TimeSpan.FromSeconds(50), Now);

                    Assert.True(lines.Count <= height, $"{lines.Count} lines in {width}×{height}");
                    Assert.All(lines, line =>
                    {
                        var text = Regex.Replace(line, "\u001b\\[[0-9]+m", "");
                        Assert.True(TerminalText.Width(text) <= width, $"{TerminalText.Width(text)} columns in {width}×{height}: {text}");
                        Assert.DoesNotMatch("[\\x00-\\x1f\\x7f-\\x9f\u202e]", text);
                    });
                }
            }
        }
    }

    [Fact]
    public void Draw_On80Times24_ShowsPhasesAgentsTotalsAndWhatWasSaid()
    {
        var text = string.Join('\n', RunFrame.Draw(Picture(3, 4), 80, 24, Plain, TimeSpan.FromSeconds(42), Now));

        Assert.Contains(" a run  running  1 min 5 s, at least 50 s left", text, StringComparison.Ordinal);
        Assert.Contains("wf_abc", text, StringComparison.Ordinal);
        Assert.Contains("Phase 0", text, StringComparison.Ordinal);
        Assert.Contains("████████████", text, StringComparison.Ordinal);
        Assert.Contains("5/10  4 running  1 failed", text, StringComparison.Ordinal);
        Assert.Contains(" 4 agents at work, 7 waiting", text, StringComparison.Ordinal);
        Assert.Contains("read_file src/cache.cs", text, StringComparison.Ordinal);
        Assert.Contains("12 done · 1 failed · 36.5k in, 7,720 out of 10.0k · $0.1228 of $5.00", text, StringComparison.Ordinal);
        Assert.Contains(" failed: judge: it broke", text, StringComparison.Ordinal);
        Assert.Contains("To come", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_MorePhasesThanLines_ShowsThoseAtWork()
    {
        var phases = Enumerable.Range(0, 60).Select(index => new PhasePicture($"P{index}", 4, index < 40 ? 4 : 1, 0, index == 40 ? 2 : 0)).ToList();

        var text = string.Join('\n', RunFrame.Draw(Picture(0, 2) with { Phases = phases }, 80, 24, Plain, null, Now));

        Assert.Contains(" P40 ", text, StringComparison.Ordinal);
        Assert.Contains("more phases", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", 5, "plain")]
    [InlineData("longer than that", 8, "longer …")]
    [InlineData("宽字符宽字符", 7, "宽字符…")]
    [InlineData("e\u0301e\u0301e\u0301", 2, "e\u0301…")]
    [InlineData("👩‍🔬 ok", 3, "👩‍…")]
    public void Cut_ByColumns_CountsWideAndCombiningCharacters(string text, int columns, string expected)
    {
        Assert.Equal(expected, TerminalText.Cut(text, columns));
        Assert.True(TerminalText.Width(TerminalText.Cut(text, columns)) <= columns);
    }

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("what was said last", 6, "… last")]
    [InlineData("宽字符宽字符", 6, "…字符")]
    public void Tail_ByColumns_KeepsTheEnd(string text, int columns, string expected) => Assert.Equal(expected, TerminalText.Tail(text, columns));

    [Fact]
    public void Line_WhateverIsInALabel_SteersNothing() =>
        Assert.Equal("a\ufffd[2Jb \ufffdc\ufffd\ufffd d", TerminalText.Line("a\u001b[2Jb\n\u0007c\u009b\u202e\td"));

    [Theory]
    [InlineData("NO_COLOR=1", false, true)]
    [InlineData("NO_COLOR=", true, true)]
    [InlineData("LANG=C", true, false)]
    [InlineData("LANG=de_DE.UTF-8", true, true)]
    [InlineData("LC_ALL=de_DE.ISO-8859-1;LANG=de_DE.UTF-8", true, false)]
    public void Style_Environment_DecidesOnColoursAndBlocks(string variables, bool colour, bool blocks)
    {
        var all = variables.Split(';').Select(one => one.Split('=', 2)).ToDictionary(one => one[0], one => one[1]);

        Assert.Equal(new TerminalStyle(colour, blocks), TerminalStyle.Read(all.GetValueOrDefault));
    }

    [Fact]
    public void Pace_SteadyEnds_TellHowLongTheRestWillTake()
    {
        var pace = new Pace();

        Assert.Null(pace.Left(Now, 0, 100));
        Assert.Null(pace.Left(Now.AddSeconds(5), 2, 98));
        Assert.Equal(TimeSpan.FromSeconds(90), pace.Left(Now.AddSeconds(10), 10, 90));
        Assert.Null(pace.Left(Now.AddSeconds(11), 11, 0));
    }

    private static RunPicture Picture(int phases, int agents) => new()
    {
        RunId = "wf_abc",
        Name = "a run",
        State = "running",
        IsOver = false,
        Phases = [.. Enumerable.Range(0, phases).Select(index => index == phases - 1 && phases > 1
            ? new PhasePicture("To come 宽字符", 0, 0, 0, 0)
            : new PhasePicture($"Phase {index}\u001b[31m", 10, 5, 1, agents))],
        Agents = [.. Enumerable.Range(0, agents).Select(index => new AgentPicture(
            index, $"agent {index} 宽字符\n\u202eslaps {new string('x', 50)}", null, Now.AddSeconds(-index), index % 2 == 0 ? "read_file src/cache.cs" : new string('字', 40)) { Speaks = index % 2 == 1, Waits = index == 3, IsQuiet = index == 2 })],
        Queued = 7,
        Done = 12,
        FromJournal = 0,
        Failed = 1,
        InputTokens = 36_464,
        OutputTokens = 7_720,
        Cost = 0.1228m,
        TokenCeiling = 10_000,
        DollarCeiling = 5,
        Elapsed = TimeSpan.FromSeconds(65),
        Messages = [new Message("two lines\nof log\u0007", false), new Message("judge: it broke", true)],
    };
}
