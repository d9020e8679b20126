using McpWorkflows.Server.CommandLine;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>The parts of the HTML report that keep the record: questions, states, and every agent.</summary>
internal static class HtmlRecord
{
    public static void WriteQuestions(HtmlText html, Dossier dossier)
    {
        if (dossier.Questions.Count == 0)
            return;
        html.Raw("<h2>Questions</h2>\n");
        foreach (var question in dossier.Questions)
        {
            html.Raw("<article>").Element("p class=\"claim\"", question.Text).Element("p class=\"soft\"", $"asked {Words.Time(question.AskedAt)}{(question.AnsweredAt is { } answered ? $", answered {Words.Time(answered)}" : ", open")}");
            if (question.AnsweredAt is not null)
                html.Element("pre", question.AnswerJson is { } answer ? RunPrinter.Pretty(answer) : "(no answer in time)");
            html.Raw("</article>\n");
        }
    }

    public static void WriteHistory(HtmlText html, Dossier dossier)
    {
        if (dossier.History.Count < 3)
            return;
        html.Raw("<h2>History</h2>\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">time</th><th scope=\"col\">state</th><th scope=\"col\"></th></tr></thead><tbody>");
        foreach (var change in dossier.History)
            html.Raw("<tr>").Element("td", Words.Time(change.Time)).Element("td", change.State.Replace('_', ' ')).Element("td class=\"text\"", change.Note).Raw("</tr>");
        html.Raw("</tbody></table></div>\n");
    }

    public static void WriteAgents(HtmlText html, Dossier dossier, IReadOnlyList<string> phases)
    {
        if (dossier.Calls.Count == 0)
            return;
        var longest = AgentTexts.Longest(dossier.Calls.Count);
        html.Raw("<h2>Agents</h2>\n<div class=\"scroll\"><table><thead><tr><th class=\"n\" scope=\"col\">#</th><th scope=\"col\">agent</th><th scope=\"col\">phase</th><th scope=\"col\">outcome</th><th scope=\"col\">model</th><th class=\"n\" scope=\"col\">tokens</th><th class=\"n\" scope=\"col\">cost</th><th class=\"n\" scope=\"col\">time</th></tr></thead><tbody>");
        foreach (var call in dossier.Calls)
        {
            html.Raw("<tr>").Element("td class=\"n\"", Words.Number(call.Number)).Raw("<td class=\"text\">");
            if (call.Prompt is null)
                html.Text(call.Label);
            else
                WriteTexts(html, call, longest);
            html.Raw("</td><td>").Raw(HtmlReport.Dot(phases, call.Phase)).Text(call.Phase).Raw("</td><td>");
            html.Raw(call.HasFailed ? "<span class=\"failed\">" : "<span>").Text(Words.State(call)).Raw("</span>");
            if (call.Outcome is { Attempts: > 1 } tried)
                html.Element("span class=\"evidence\"", $"{tried.Attempts} attempts");
            html.Raw("</td>").Element("td", call.Outcome?.Model);
            html.Element("td class=\"n\"", call.Outcome is { } outcome ? $"{Words.Number(outcome.Usage.InputTokens)} / {Words.Number(outcome.Usage.OutputTokens)}" : "–");
            html.Element("td class=\"n\"", call.FromJournal ? "–" : Words.Cost(call.Outcome?.Cost, call.IsUnpriced ? 1 : 0));
            html.Element("td class=\"n\"", call is { FromJournal: false, StartedAt: { } start } ? Words.Duration((call.EndedAt ?? dossier.Now) - start) : "–").Raw("</tr>\n");
        }

        html.Raw("</tbody></table></div>\n");
    }

    private static void WriteTexts(HtmlText html, DossierCall call, int longest)
    {
        html.Raw("<details><summary>").Text(call.Label).Raw("</summary>").Element("h3", "Prompt").Element("pre", RunReports.CutMiddle(call.Prompt!, longest));
        if (AgentTexts.Answer(call) is { } answer)
            html.Element("h3", "Answer").Element("pre", RunReports.CutMiddle(answer, longest));
        if (call.Outcome?.Failure is { } failure)
            html.Element("h3", "Failure").Element("pre", failure.LastText is null ? failure.Cause : $"{failure.Cause}\n\nLast words:\n{RunReports.CutMiddle(failure.LastText, longest)}");
        if (call.Outcome?.Worktree is { } tree)
            html.Element("p class=\"soft\"", $"{tree.FilesChanged} files changed (+{tree.Insertions} −{tree.Deletions}) on {tree.Branch}");
        foreach (var note in call.Outcome?.Notes ?? [])
            html.Element("p class=\"soft\"", note);
        html.Raw("</details>");
    }
}

/// <summary>What agents were told and said, in a length that keeps the file readable.</summary>
internal static class AgentTexts
{
    public static int Longest(int calls) => calls <= 100 ? 20_000 : calls <= 400 ? 4_000 : 1_500;

    public static string? Answer(DossierCall call) => call.Outcome?.AnswerJson is { } answer ? RunPrinter.Pretty(answer) : null;
}
