using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.CommandLine;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>The report as one Markdown file, for a pull request or an issue.</summary>
internal static class MarkdownReport
{
    private const int Columns = 60;
    private const int LongestResult = 50_000;
    private const int LongestClaim = 500;
    private const string Levels = " ▁▂▃▄▅▆▇█";

    public static string Of(Dossier dossier)
    {
        var text = new MarkdownText();
        WriteHead(text, dossier);
        WriteResult(text, dossier.Run);
        WriteTimeline(text, Timeline.Of(dossier));
        WriteCosts(text, dossier);
        WriteFailures(text, dossier);
        WriteVerdicts(text, dossier);
        WriteContests(text, dossier);
        WriteQuestions(text, dossier);
        WriteHistory(text, dossier);
        text.Line($"*Run {dossier.Run.Id}, as the journal had it on {Words.Time(dossier.Now)}.*");
        return text.ToString();
    }

    private static void WriteHead(MarkdownText text, Dossier dossier)
    {
        var run = dossier.Run;
        var totals = run.Totals;
        text.Line($"# {MarkdownText.Inline(run.Name)}: {Words.State(run.State)}").Line();
        if (run.Goal is { } goal)
            text.Line("Goal:").Line().Block(goal);
        if (totals.Rehearsed)
            text.Line("**Rehearsed: every answer was made up by the rehearsal model. The result means nothing.**").Line();
        if (run.Error is { } error)
            text.Line("Error:").Line().Block(error);
        List<(string Name, string Value)> facts =
        [
            ("agents", $"{Words.Number(totals.Agents)}{(totals.FromJournal > 0 ? $", {Words.Number(totals.FromJournal)} of them from the journal" : "")}"),
            ("failed", $"{Words.Number(totals.Failed)}{(totals.BranchesFailed > 0 ? $", and {totals.BranchesFailed} branches threw" : "")}"),
            ("tokens", $"{Words.Number(totals.InputTokens)} input, {Words.Number(totals.OutputTokens)} output"),
            ("cost", Words.Cost(totals.Rehearsed ? 0 : totals.Cost, totals.UnpricedCalls)),
            ("time", RunPrinter.Duration(totals.DurationMs)),
            ("started", Words.Time(run.CreatedAt)),
        ];
        if (totals.Skipped + totals.Cancelled > 0)
            facts.Insert(2, ("skipped, cancelled", $"{Words.Number(totals.Skipped)}, {Words.Number(totals.Cancelled)}"));
        if (run.Settings.Model is { } model)
            facts.Add(("model", MarkdownText.Inline(model)));
        if (run.ParentId is { } parent)
            facts.Add(("made from", parent));
        text.Table(["", ""], facts.Select(fact => new[] { fact.Name, fact.Value }));
    }

    private static void WriteResult(MarkdownText text, RunRecord run)
    {
        text.Line("## Result").Line();
        if (run.ResultJson is { } result)
            text.Block(RunReports.CutMiddle(RunPrinter.Pretty(result), LongestResult), result.TrimStart() is ['"', ..] ? "" : "json");
        else
            text.Line(run.State.HasEnded() ? "The run left no result." : "None yet.").Line();
    }

    private static void WriteTimeline(MarkdownText text, Timeline timeline)
    {
        if (timeline.Bars.Count == 0)
            return;
        text.Line("## Timeline").Line();
        var phases = timeline.Bars.Select(bar => bar.Call.Phase ?? "").Distinct().ToList();
        var names = phases.Select(phase => RunReports.Cut(phase.Length == 0 ? "(no phase)" : phase.ReplaceLineEndings(" "), 24)).ToList();
        var width = names.Max(name => name.Length);
        var densities = phases.Select(phase => timeline.Density(Columns, call => (call.Phase ?? "") == phase)).ToList();
        var most = densities.Max(density => density.Max());
        var lines = densities.Select((density, index) =>
            $"{names[index].PadRight(width)} │{string.Concat(density.Select(count => Levels[count == 0 ? 0 : 1 + ((count - 1) * 7 / Math.Max(1, most - 1))]))}│");
        var end = Words.Duration(timeline.Busy);
        text.Block(string.Join('\n', lines) + $"\n{new string(' ', width)}  0{end.PadLeft(Columns - 1)}");
        var gaps = timeline.Gaps.Select(gap => Words.Duration(gap.Length)).ToList();
        text.Line($"Agents at work over time, up to {most} at once in a phase{(gaps.Count == 0 ? "" : $"; pauses of {string.Join(", ", gaps.Take(5))} are folded")}.").Line();
    }

    private static void WriteCosts(MarkdownText text, Dossier dossier)
    {
        if (dossier.Calls.Count == 0)
            return;
        text.Line("## Cost").Line();
        Write("phase", CostRow.ByPhase(dossier.Calls));
        Write("model", CostRow.ByModel(dossier.Calls));

        void Write(string what, IReadOnlyList<CostRow> rows)
        {
            if (rows.Count > 0)
            {
                text.Table([what, "agents", "failed", "input", "output", "cost", "agents' time"], rows.Select(row => new[]
                {
                    MarkdownText.Inline(row.Name), Words.Number(row.Agents), Words.Number(row.Failed), Words.Number(row.InputTokens),
                    Words.Number(row.OutputTokens), Words.Cost(row.Cost, row.Unpriced), Words.Duration(row.Time),
                }), numbers: 1);
            }
        }
    }

    private static void WriteFailures(MarkdownText text, Dossier dossier)
    {
        if (dossier.Status.Failures.Count == 0)
            return;
        text.Line("## Failures").Line();
        foreach (var cause in dossier.Status.Failures.GroupBy(failure => failure.Cause))
        {
            var labels = string.Join(", ", cause.Take(12).Select(failure => MarkdownText.Inline(failure.Label)));
            var more = cause.Count() > 12 ? $" and {cause.Count() - 12} more" : "";
            text.Line($"- **{HtmlFindings.Kind(cause.First())}**: {labels}{more}: {MarkdownText.Inline(RunReports.CutMiddle(cause.Key, 1_000))}");
        }

        text.Line();
    }

    private static void WriteVerdicts(MarkdownText text, Dossier dossier)
    {
        var claims = Verdicts.Of(dossier.Calls);
        if (claims.Count == 0)
            return;
        text.Line("## Verification").Line().Line($"{HtmlFindings.Summary(claims)} {Verdicts.Rule(claims, dossier.Run.Script)}").Line();
        foreach (var claim in claims.Where(claim => claim.Verdict == Verdicts.Refuted))
        {
            text.Line($"- **refuted** ({claim.Against} of {claim.Skeptics}): {MarkdownText.Inline(RunReports.Cut(claim.Claim, LongestClaim))}");
            foreach (var vote in claim.Votes.Where(vote => vote.Verdict == Verdicts.Refuted))
                text.Line($"  - {MarkdownText.Inline(vote.Label)}: {MarkdownText.Inline(vote.Reason)}{(vote.Evidence is null ? "" : $" ({MarkdownText.Inline(vote.Evidence)})")}");
        }

        foreach (var claim in claims.Where(claim => claim.Verdict != Verdicts.Refuted))
            text.Line($"- {claim.Verdict} ({claim.InFavour} for, {claim.Against} against, of {claim.Skeptics}): {MarkdownText.Inline(RunReports.Cut(claim.Claim, 200))}");
        text.Line();
    }

    private static void WriteContests(MarkdownText text, Dossier dossier)
    {
        var panels = Contests.Panels(dossier.Calls);
        var matches = Contests.Matches(dossier.Calls);
        if (panels.Count + matches.Count == 0)
            return;
        text.Line("## Judgement").Line();
        foreach (var panel in panels)
        {
            text.Table(["candidate", "score", "judges"], panel.Ranking.Select(candidate => new[]
            {
                MarkdownText.Inline(RunReports.Cut(candidate.Text, 160)),
                candidate.Mean?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–",
                string.Join(", ", candidate.Scores.Select(score => score.Value.ToString("0.#", CultureInfo.InvariantCulture))),
            }));
        }

        foreach (var match in matches)
            text.Line($"- {MarkdownText.Inline(match.Label)}: the {match.Better} is better: {MarkdownText.Inline(match.Reason)}");
        text.Line();
    }

    private static void WriteQuestions(MarkdownText text, Dossier dossier)
    {
        if (dossier.Questions.Count == 0)
            return;
        text.Line("## Questions").Line();
        foreach (var question in dossier.Questions)
        {
            var answer = question.AnsweredAt is null ? "open" : question.AnswerJson is { } given ? MarkdownText.Inline(RunPrinter.Pretty(given)) : "no answer in time";
            text.Line($"- {MarkdownText.Inline(question.Text)}: {answer}");
        }

        text.Line();
    }

    private static void WriteHistory(MarkdownText text, Dossier dossier)
    {
        if (dossier.History.Count < 3)
            return;
        text.Line("## History").Line();
        text.Table(["time", "state", ""], dossier.History.Select(change => new[] { Words.Time(change.Time), change.State.Replace('_', ' '), MarkdownText.Inline(change.Note) }));
    }
}
