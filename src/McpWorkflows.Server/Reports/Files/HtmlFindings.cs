using System.Globalization;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>The parts of the HTML report that say what went wrong, what was refuted, and who won.</summary>
internal static class HtmlFindings
{
    private const int ListedLabels = 12;
    private const int LongestCandidate = 600;

    public static void WriteFailures(HtmlText html, Dossier dossier)
    {
        var failures = dossier.Status.Failures;
        if (failures.Count == 0)
            return;
        html.Raw("<h2>Failures</h2>\n");
        // One broken endpoint fails a hundred agents: its cause is worth saying once.
        foreach (var cause in failures.GroupBy(failure => failure.Cause))
        {
            var labels = string.Join(", ", cause.Take(ListedLabels).Select(failure => failure.Label));
            html.Raw("<article><p><b class=\"failed\">").Text(cause.Count() == 1 ? Kind(cause.First()) : $"{Words.Number(cause.Count())} × {Kind(cause.First())}").Raw("</b> ");
            html.Text(labels).Text(cause.Count() > ListedLabels ? $" and {cause.Count() - ListedLabels} more" : "");
            html.Raw("</p>").Element("p class=\"claim\"", cause.Key);
            var attempts = cause.Max(failure => failure.Attempts);
            if (attempts > 1)
                html.Element("p class=\"soft\"", $"up to {attempts} attempts");
            if (cause.FirstOrDefault(failure => failure.LastText is not null) is { } last)
                html.Raw("<details><summary>").Text($"Last words of {last.Label}").Raw("</summary>").Element("pre", last.LastText).Raw("</details>");
            html.Raw("</article>\n");
        }
    }

    public static void WriteVerdicts(HtmlText html, Dossier dossier)
    {
        var claims = Verdicts.Of(dossier.Calls);
        if (claims.Count == 0)
            return;
        html.Raw("<h2>Verification</h2>\n").Element("p", Summary(claims)).Element(
            "p class=\"soft\"", Verdicts.Rule(claims, dossier.Run.Script));
        foreach (var claim in claims.Where(claim => claim.Verdict == Verdicts.Refuted))
            Write(html, claim);
        foreach (var (verdict, title) in new[] { (Verdicts.Unverified, "Not verified"), (Verdicts.Confirmed, "Confirmed") })
        {
            var rest = claims.Where(claim => claim.Verdict == verdict).ToList();
            if (rest.Count == 0)
                continue;
            html.Raw("<details><summary>").Text($"{title} ({rest.Count})").Raw("</summary>");
            rest.ForEach(claim => Write(html, claim));
            html.Raw("</details>\n");
        }
    }

    public static void WriteContests(HtmlText html, Dossier dossier)
    {
        var panels = Contests.Panels(dossier.Calls);
        var matches = Contests.Matches(dossier.Calls);
        if (panels.Count + matches.Count == 0)
            return;
        html.Raw("<h2>Judgement</h2>\n");
        foreach (var panel in panels)
        {
            html.Raw("<article>");
            if (panel.Phase is not null)
                html.Element("p class=\"soft\"", panel.Phase);
            html.Raw("<table><thead><tr><th class=\"n\" scope=\"col\">score</th><th scope=\"col\">candidate</th></tr></thead><tbody>");
            foreach (var candidate in panel.Ranking)
            {
                html.Raw("<tr>").Element("td class=\"n\"", candidate.Mean?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–").Raw("<td class=\"text\">");
                html.Element("div class=\"claim\"", RunReports.Cut(candidate.Text, LongestCandidate)).Raw("<ul class=\"votes\">");
                foreach (var score in candidate.Scores)
                    html.Raw("<li>").Element("b", score.Value.ToString("0.#", CultureInfo.InvariantCulture)).Text($" {score.Judge}").Element("span class=\"evidence\"", score.Reason).Raw("</li>");
                html.Raw("</ul></td></tr>");
            }

            html.Raw("</tbody></table></article>\n");
        }

        if (matches.Count == 0)
            return;
        html.Raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">match</th><th scope=\"col\">first</th><th scope=\"col\">second</th><th scope=\"col\">better</th><th scope=\"col\">why</th></tr></thead><tbody>");
        foreach (var match in matches)
            html.Raw("<tr>").Element("td", match.Label).Element("td class=\"text\"", RunReports.Cut(match.First, 240)).Element("td class=\"text\"", RunReports.Cut(match.Second, 240)).Element("td", match.Better).Element("td class=\"text\"", match.Reason).Raw("</tr>");
        html.Raw("</tbody></table></div>\n");
    }

    public static string Summary(IReadOnlyList<CheckedClaim> claims)
    {
        int Of(string verdict) => claims.Count(claim => claim.Verdict == verdict);
        return $"{Words.Count(claims.Count, "claim")} checked: {Of(Verdicts.Refuted)} refuted, {Of(Verdicts.Confirmed)} confirmed, {Of(Verdicts.Unverified)} not verified.";
    }

    public static string Kind(FailureStatus failure) => failure.Kind switch
    {
        FailureStatus.Branch => "threw",
        "schema" => "missed its schema",
        "stalled" => "stalled",
        "refused" => "refused",
        _ => "failed",
    };

    private static void Write(HtmlText html, CheckedClaim claim)
    {
        html.Raw($"<article><p><b class=\"{claim.Verdict}\">").Text(claim.Verdict).Raw("</b> <span class=\"soft\">").Text($"{claim.Against} against, {claim.InFavour} for, of {claim.Skeptics}{(claim.Phase is null ? "" : $" · {claim.Phase}")}").Raw("</span></p>");
        html.Element("p class=\"claim\"", claim.Claim).Raw("<ul class=\"votes\">");
        foreach (var vote in claim.Votes.OrderBy(vote => vote.Verdict == Verdicts.Refuted ? 0 : 1))
        {
            html.Raw($"<li><b class=\"{(vote.Verdict is Verdicts.Refuted or Verdicts.Confirmed ? vote.Verdict : "unverified")}\">").Text(vote.Verdict).Raw("</b> <span class=\"soft\">").Text(vote.Label).Raw("</span> ").Text(vote.Reason);
            if (vote.Evidence is not null)
                html.Element("span class=\"evidence\"", vote.Evidence);
            html.Raw("</li>");
        }

        html.Raw("</ul></article>\n");
    }
}
