using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.CommandLine;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>The report as one HTML file that asks nobody for anything: no script, no font, no picture from elsewhere.</summary>
internal static class HtmlReport
{
    private const int LongestResult = 400_000;
    private const int LongestLog = 1_000;

    public static string Of(Dossier dossier)
    {
        var run = dossier.Run;
        var html = new HtmlText();
        html.Raw("""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>
            """).Text($"{run.Name}: {Words.State(run.State)}").Raw("</title>\n<style>\n").Raw(Style()).Raw("</style>\n</head>\n<body>\n<main>\n");
        WriteHead(html, dossier);
        WriteResult(html, run);
        var phases = Phases(dossier);
        WriteTimeline(html, Timeline.Of(dossier), phases);
        WriteCosts(html, dossier, phases);
        HtmlFindings.WriteFailures(html, dossier);
        HtmlFindings.WriteVerdicts(html, dossier);
        HtmlFindings.WriteContests(html, dossier);
        HtmlRecord.WriteQuestions(html, dossier);
        HtmlRecord.WriteHistory(html, dossier);
        HtmlRecord.WriteAgents(html, dossier, phases);
        WriteScript(html, dossier);
        html.Raw("<footer>").Text($"Run {run.Id}, as the journal had it on {Words.Time(dossier.Now)}. Written by mcp-workflows {ProductVersion.Text}.").Raw("</footer>\n</main>\n</body>\n</html>\n");
        return html.ToString();
    }

    /// <summary>In the order of first use; the empty text stands for no phase.</summary>
    public static IReadOnlyList<string> Phases(Dossier dossier) => [.. dossier.Calls.Select(call => call.Phase ?? "").Distinct()];

    public static string Dot(IReadOnlyList<string> phases, string? phase) =>
        $"""<span class="dot p{Math.Max(0, phases.ToList().IndexOf(phase ?? "")) % TimelineSvg.Colours}"></span>""";

    private static void WriteHead(HtmlText html, Dossier dossier)
    {
        var run = dossier.Run;
        html.Element("h1", run.Name);
        html.Raw($"""<p><span class="badge {run.State.ToText()}">""").Text(Words.State(run.State)).Raw("</span>");
        if (run.WaitingFor is { } waits)
            html.Raw(" <span class=\"soft\">").Text($"for {waits.ToText()}{(run.WaitingUntil is { } until ? $" until {Words.Time(until)}" : "")}").Raw("</span>");
        html.Raw("</p>\n").Element("p class=\"meta\"", Line(run)).Raw("\n");
        if (run.Goal is { } goal)
            html.Element("p class=\"goal\"", goal);
        if (run.Totals.Rehearsed)
            html.Element("p class=\"notice\"", "Rehearsed: every answer was made up by the rehearsal model. The result means nothing.");
        if (run.Error is { } error)
            html.Element("p class=\"notice\"", error);
        WriteTiles(html, dossier);
    }

    private static string Line(RunRecord run) => string.Join(" · ", new[]
    {
        run.Id,
        $"started {Words.Time(run.CreatedAt)}",
        run.EndedAt is { } ended ? $"ended {Words.Time(ended)}" : null,
        run.Settings.Model,
        run.ParentId is { } parent ? $"made from {parent}" : null,
    }.OfType<string>());

    private static void WriteTiles(HtmlText html, Dossier dossier)
    {
        var totals = dossier.Run.Totals;
        var all = CostRow.Of("", dossier.Calls);
        html.Raw("<dl class=\"tiles\">");
        Tile("agents", Words.Number(totals.Agents), totals.FromJournal > 0 ? $"{Words.Number(totals.FromJournal)} from the journal" : null);
        Tile("failed", Words.Number(totals.Failed), totals.BranchesFailed > 0 ? $"and {Words.Count(totals.BranchesFailed, "branch")} threw".Replace("branchs", "branches", StringComparison.Ordinal) : null, totals.Failed > 0 ? "bad" : null);
        if (totals.Skipped + totals.Cancelled > 0)
            Tile("skipped or cancelled", Words.Number(totals.Skipped + totals.Cancelled), null);
        Tile("input tokens", Words.Number(totals.InputTokens), all.CachedTokens > 0 ? $"{Words.Number(all.CachedTokens)} from the cache" : null);
        Tile("output tokens", Words.Number(totals.OutputTokens), dossier.Run.Settings.Budget is { } tokens ? $"of {Words.Number(tokens)}" : null);
        Tile("cost", Words.Cost(totals.Rehearsed ? 0 : totals.Cost, totals.UnpricedCalls), dossier.Run.Settings.BudgetDollars is { } dollars ? $"of {Words.Dollars(dollars)}" : null);
        Tile("time", RunPrinter.Duration(totals.DurationMs), all.Time > TimeSpan.FromSeconds(1) ? $"{Words.Duration(all.Time)} of agents' work" : null);
        html.Raw("</dl>\n");

        void Tile(string name, string value, string? note, string? kind = null)
        {
            html.Raw("<div>").Element("dt", name).Raw(kind is null ? "<dd>" : $"<dd class=\"{kind}\">").Text(value);
            if (note is not null)
                html.Element("small", note);
            html.Raw("</dd></div>");
        }
    }

    private static void WriteResult(HtmlText html, RunRecord run)
    {
        html.Raw("<h2>Result</h2>\n");
        if (run.ResultJson is { } result)
            html.Element("pre", RunReports.CutMiddle(RunPrinter.Pretty(result), LongestResult));
        else
            html.Element("p class=\"soft\"", run.State.HasEnded() ? "The run left no result." : "None yet.");
    }

    private static void WriteTimeline(HtmlText html, Timeline timeline, IReadOnlyList<string> phases)
    {
        if (timeline.Bars.Count == 0)
            return;
        html.Raw("\n<h2>Timeline</h2>\n<ul class=\"legend\">");
        foreach (var phase in phases.Where(phase => timeline.Bars.Any(bar => (bar.Call.Phase ?? "") == phase)))
            html.Raw("<li>").Raw(Dot(phases, phase)).Text(phase.Length == 0 ? "(no phase)" : phase).Raw("</li>");
        html.Raw("</ul>\n<div class=\"scroll\" tabindex=\"0\">");
        TimelineSvg.Write(html, timeline, phases);
        html.Raw("</div>\n");
    }

    private static void WriteCosts(HtmlText html, Dossier dossier, IReadOnlyList<string> phases)
    {
        if (dossier.Calls.Count == 0)
            return;
        html.Raw("<h2>Cost</h2>\n");
        var total = CostRow.Of("all", dossier.Calls);
        var byPhase = CostRow.ByPhase(dossier.Calls);
        WriteRows(html, "phase", byPhase, total, name => Dot(phases, name == "(no phase)" ? "" : name));
        var byModel = CostRow.ByModel(dossier.Calls);
        if (byModel.Count > 0)
            WriteRows(html, "model", byModel, byModel.Count > 1 ? total : null, _ => "");
        if (dossier.Run.Totals is { } totals && totals.InputTokens + totals.OutputTokens > total.InputTokens + total.OutputTokens)
            html.Element("p class=\"soft\"", $"Calls that were run again since took another {Words.Number(totals.InputTokens - total.InputTokens)} input and {Words.Number(totals.OutputTokens - total.OutputTokens)} output tokens.");
        if (total.FromJournal > 0)
            html.Element("p class=\"soft\"", $"{Words.Count(total.FromJournal, "agent")} answered from the journal cost nothing here.");
    }

    private static void WriteRows(HtmlText html, string what, IReadOnlyList<CostRow> rows, CostRow? total, Func<string, string> dot)
    {
        html.Raw("<div class=\"scroll\"><table><thead><tr>").Element("th scope=\"col\"", what);
        foreach (var head in new[] { "agents", "failed", "input", "output", "cost", "agents' time" })
            html.Element("th class=\"n\" scope=\"col\"", head);
        html.Raw("</tr></thead><tbody>");
        foreach (var row in rows)
            WriteRow(row);
        html.Raw("</tbody>");
        if (total is not null && rows.Count > 1)
        {
            html.Raw("<tfoot>");
            WriteRow(total);
            html.Raw("</tfoot>");
        }

        html.Raw("</table></div>\n");

        void WriteRow(CostRow row)
        {
            html.Raw("<tr><td>").Raw(row == total ? "" : dot(row.Name)).Text(row.Name).Raw("</td>");
            foreach (var cell in new[]
            {
                Words.Number(row.Agents), row.Failed == 0 ? "–" : Words.Number(row.Failed), Words.Number(row.InputTokens),
                Words.Number(row.OutputTokens), Words.Cost(row.Cost, row.Unpriced), Words.Duration(row.Time),
            })
                html.Element("td class=\"n\"", cell);
            html.Raw("</tr>");
        }
    }

    private static void WriteScript(HtmlText html, Dossier dossier)
    {
        html.Raw("<h2>Script and log</h2>\n");
        html.Raw("<details><summary>").Text($"{dossier.Run.FileName} ({dossier.Run.Script.Split('\n').Length.ToString(CultureInfo.InvariantCulture)} lines)").Raw("</summary>").Element("pre", dossier.Run.Script).Raw("</details>\n");
        if (dossier.Run.ArgsJson is { } args)
            html.Raw("<details><summary>args</summary>").Element("pre", RunPrinter.Pretty(args)).Raw("</details>\n");
        if (dossier.Status.Log.Count > 0)
            html.Raw("<details><summary>").Text($"Log ({Words.Count(dossier.Status.Log.Count, "line")})").Raw("</summary>").Element("pre", string.Join('\n', dossier.Status.Log.TakeLast(LongestLog))).Raw("</details>\n");
    }

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("reports/report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
