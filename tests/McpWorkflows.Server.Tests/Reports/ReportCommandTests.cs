using System.Text.RegularExpressions;
using McpWorkflows.Journal;
using McpWorkflows.Server.CommandLine;
using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Testing.Models;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Server.Tests.Reports;

/// <summary><c>report</c> with the real executable.</summary>
public sealed class ReportCommandTests
{
    private const string Script = """
        phase('Find')
        const found = await agent('Look for <races>.', { label: 'find <img src=x onerror=alert(1)>' })
        phase('Verify')
        const checked = await verify('The cache is written without a lock. </pre><script>', { label: 'skeptic' })
        const panel = await judge(['First way', 'Second way'], { judges: 2 })
        const lost = await agent('BREAK')
        const ok = await checkpoint('Go on?', { default: true, schema: { type: 'boolean' } })
        return { found, survives: checked.survives, winner: panel.winner, ok }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_OfARun_TellsEverythingInBothFilesAndEscapesWhatAgentsSaid()
    {
        await using var bench = await StartAsync();
        var run = await bench.RunAsync("run", bench.Write("reported", Script), "--json");
        Assert.True(run.ExitCode == 4, run.ToString());
        var answered = await bench.RunAsync("resume", run.RunId, "--answer", "true", "--json");
        Assert.True(answered.ExitCode == 3, answered.ToString());
        var folder = Path.Combine(bench.Workspace, "reports");

        var report = await bench.RunAsync("report", run.RunId, "--out", folder);

        Assert.True(report.ExitCode == 0, report.ToString());
        var html = await File.ReadAllTextAsync(Path.Combine(folder, $"{run.RunId}.report.html"), Cancellation);
        var markdown = await File.ReadAllTextAsync(Path.Combine(folder, $"{run.RunId}.report.md"), Cancellation);
        Assert.Equal([Path.Combine(folder, $"{run.RunId}.report.html"), Path.Combine(folder, $"{run.RunId}.report.md")], report.Out.Trim().Split('\n'));
        foreach (var part in new[] { "completed with failures", "1 claim checked: 1 refuted", "The lock is taken two lines above", "src/cache.cs:40", "Second way", "Go on?", "400" })
        {
            Assert.Contains(part, html, StringComparison.Ordinal);
            Assert.Contains(part, markdown, StringComparison.Ordinal);
        }

        Assert.Contains("<svg class=\"timeline\"", html, StringComparison.Ordinal);
        Assert.Contains("<title>find &lt;img", html, StringComparison.Ordinal);
        Assert.Contains("│", markdown, StringComparison.Ordinal);
        Assert.Contains("| Verify | 6 |", markdown, StringComparison.Ordinal);
        // Nothing in it runs, and nothing in it asks anybody for anything.
        Assert.DoesNotMatch(new Regex(@"<(script|img|iframe|link)|<[^>]*\s(src|href|action|on\w+)\s*=|@import|url\(", RegexOptions.IgnoreCase), html);
        Assert.DoesNotMatch(new Regex(@"^[^`\n]*<(script|img|races)", RegexOptions.Multiline), WithoutFences(markdown));
    }

    [Fact]
    public async Task Report_OfARunAtWork_ShowsWhoIsAtWork()
    {
        await using var bench = await TestBench.StartAsync(call => call.Prompt.Contains("slow", StringComparison.Ordinal) ? ModelReply.Hang() : ModelReply.Text("done"));
        using var process = bench.Start("run", bench.Write("going", "phase('One')\nawait agent('quick', { label: 'quick one' })\nreturn await agent('slow', { label: 'slow one' })"));
        await bench.Model.Log.WaitForCallsAsync(2, TestBench.Patience);
        var runId = (await bench.RunAsync("runs", "--json")).Json.GetProperty("runs")[0].GetProperty("runId").GetString()!;

        var report = await EventuallyAsync(
            () => bench.RunAsync("report", runId, "--out", "-", "--format", "md"), result => result.Out.Contains("| 2 |", StringComparison.Ordinal));
        var html = await bench.RunAsync("report", runId, "--out", "-", "--format", "html");
        process.Kill();

        Assert.Contains("# going: running", report.Out, StringComparison.Ordinal);
        Assert.Contains("at work", html.Out, StringComparison.Ordinal);
        Assert.Contains("slow one", html.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OnAJournalOfTheFirstRelease_IsWritten()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();
        // Opens the journal's assembly, which finds this process its SQLite.
        await (await SqliteJournal.OpenAsync(new JournalOptions { Path = bench.JournalPath + ".new" }, Cancellation)).DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={bench.JournalPath};Pooling=False"))
        {
            connection.Open();
            var command = connection.CreateCommand();
            command.CommandText = await File.ReadAllTextAsync(
                Path.Combine(TestBench.Repository, "tests", "McpWorkflows.Journal.Tests", "Approved", "journal-v1.sql"), Cancellation);
            command.ExecuteNonQuery();
        }

        var report = await bench.RunAsync("report", "wf_old", "--out", "-", "--format", "html");

        Assert.True(report.ExitCode == 0, report.ToString());
        Assert.Contains("interrupted", report.Out, StringComparison.Ordinal);
        Assert.Contains("finder", report.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_UnknownRunOrBadTarget_SaysWhatIsWrong()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var unknown = await bench.RunAsync("report", "wf_nowhere");
        var both = await bench.RunAsync("report", "wf_nowhere", "--out", "-");

        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("There is no run 'wf_nowhere'", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal(2, both.ExitCode);
        Assert.Contains("add --format html or --format md", both.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "wf_1.report.html wf_1.report.md")]
    [InlineData("out", "md", "out/wf_1.report.md")]
    [InlineData("out/a.html", null, "out/a.html")]
    [InlineData("out/a.md", null, "out/a.md")]
    [InlineData("out/a.html", "both", "out/a.html out/a.md")]
    public void Files_TargetAndFormat_NameWhatIsWritten(string? target, string? format, string expected) =>
        Assert.Equal(expected.Split(' ').Select(Path.GetFullPath), ReportCommand.Files(target, format, "wf_1").Select(file => file.Path));

    private static Task<TestBench> StartAsync() => TestBench.StartAsync(call => call switch
    {
        _ when call.Prompt.Contains("BREAK", StringComparison.Ordinal) => ModelReply.Error(400, "no <b>such</b> thing", "invalid_request_error"),
        _ when call.Prompt.Contains("skeptic", StringComparison.Ordinal) => ModelReply.Answer(call, new { verdict = "refuted", reason = "The lock is taken two lines above.", evidence = "src/cache.cs:40" }),
        _ when call.Prompt.Contains("judge", StringComparison.Ordinal) => ModelReply.Answer(call, new { scores = new[] { new { candidate = 1, score = 8, reason = "short" }, new { candidate = 2, score = 3, reason = "long" } } }),
        _ => ModelReply.Text("found <script>alert(1)</script> and ```fences```"),
    });

    private static string WithoutFences(string markdown) => Regex.Replace(markdown, @"^(`{3,}).*?^\1$", "", RegexOptions.Multiline | RegexOptions.Singleline);

    private static async Task<CliResult> EventuallyAsync(Func<Task<CliResult>> ask, Func<CliResult, bool> isThere)
    {
        using var patience = new CancellationTokenSource(TestBench.Patience);
        while (true)
        {
            var result = await ask();
            if (isThere(result))
                return result;
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
