using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>What one run taught serves the next.</summary>
public sealed partial class LessonsTests
{
    private const string Lesson = "Name places by the line as the tool counts it, from 1.";

    private const string Script = """
        const PLACE = { type: 'object', properties: { line: { type: 'integer' } }, required: ['line'] }
        const found = await agent('On which line is the declaration of main?', { label: 'find main', schema: PLACE })
        const checked = await verify(`main is declared on line ${found.line}`, { skeptics: 1 })
        return { line: found.line, verdict: checked.verdict }
        """;

    [Fact]
    public async Task SecondRun_AfterTheLessonOfTheFirst_AvoidsItsFault()
    {
        await using var bench = await TestBench.StartAsync(Reply);
        var script = bench.Write("places", Script);

        var first = await bench.RunAsync("run", script, "--json");
        var dream = await bench.RunAsync("dream", "--json");
        var lessons = await bench.RunAsync("lessons", "--json");
        var second = await bench.RunAsync("run", script, "--json");

        Assert.Equal("""{"line":0,"verdict":"refuted"}""", JsonSerializer.Serialize(first.Result));
        Assert.True(dream.ExitCode == 0, dream.ToString());
        Assert.Equal(1, dream.Json.GetProperty("added").GetInt32());
        var lesson = Assert.Single(lessons.Json.GetProperty("lessons").EnumerateArray());
        Assert.Equal(Lesson, lesson.GetProperty("text").GetString());
        Assert.Equal(first.RunId, lesson.GetProperty("evidence")[0].GetProperty("runId").GetString());
        Assert.Equal("skeptic 1", lesson.GetProperty("evidence")[0].GetProperty("label").GetString());
        Assert.Equal("""{"line":1,"verdict":"confirmed"}""", JsonSerializer.Serialize(second.Result));
        // A lesson is information: it comes with no tools, and not to those who gather lessons.
        Assert.Equal(Offered(bench, 0), Offered(bench, bench.Model.Log.Count - 2));
        Assert.DoesNotContain(bench.Model.Log.Calls, call => call.Prompt.Contains("<digests>", StringComparison.Ordinal) && call.Tools.Any(tool => tool.Name != "StructuredOutput"));
    }

    [Fact]
    public async Task Lessons_OfAPerson_AreListedEditedAndDeletedForGood()
    {
        await using var bench = await TestBench.StartAsync(Reply);

        var added = await bench.RunAsync("lessons", "add", "Tests live in <tests>.", "--about", "test", "--for", "agents");
        var edited = await bench.RunAsync("lessons", "edit", "1", "Tests live in tests.");
        var shown = await bench.RunAsync("lessons", "show", "1");
        var tooLong = await bench.RunAsync("lessons", "add", new string('x', 301));
        await bench.RunAsync("run", bench.Write("places", Script), "--json");
        await bench.RunAsync("dream");
        var deleted = await bench.RunAsync("lessons", "delete", "2");
        await bench.RunAsync("run", bench.Write("places", Script + "\n// again"), "--json");
        var again = await bench.RunAsync("dream", "--json");
        var list = await bench.RunAsync("lessons", "list");
        var missing = await bench.RunAsync("lessons", "show", "2");

        Assert.True(added.ExitCode == 0 && edited.ExitCode == 0, added.ToString() + edited);
        Assert.Contains("1  Tests live in tests. (yours; for agents; about test)", shown.Out, StringComparison.Ordinal);
        Assert.Equal((2, true), (tooLong.ExitCode, tooLong.Errors.Contains("at most 300", StringComparison.Ordinal)));
        Assert.Contains($"Deleted lesson 2: {Lesson}", deleted.Errors, StringComparison.Ordinal);
        Assert.Equal((0, 1), (again.Json.GetProperty("added").GetInt32(), again.Json.GetProperty("refused").GetInt32()));
        Assert.Single(list.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, true), (missing.ExitCode, missing.Errors.Contains("was deleted", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_WithLessonsAfterInTheSettings_GathersThemAtOnce_AndNeverWithout()
    {
        await using var bench = await TestBench.StartAsync(Reply);
        var script = bench.Write("places", Script);
        await bench.RunAsync("run", script, "--json");
        Assert.Equal(2, bench.Model.Log.Count);
        await GatherAfterRunsAsync(bench);

        var run = await bench.RunAsync("run", script, "--json");
        var rehearsed = await bench.RunAsync("run", script, "--model", "rehearsal", "--json");

        Assert.Contains("1 new", run.Errors, StringComparison.Ordinal);
        Assert.Equal("refuted", run.Result.GetProperty("verdict").GetString());
        Assert.DoesNotContain("essons", rehearsed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dream_NothingToLearn_SaysSoAndAsksNobody()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("fine"));
        await bench.RunAsync("run", bench.Write("fine", "return await agent('x')"));

        var dream = await bench.RunAsync("dream");

        Assert.Equal((0, 1), (dream.ExitCode, bench.Model.Log.Count));
        Assert.Contains("Nothing new to learn", dream.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_TwoServersWithLessonsAfter_OneOfThemGathersWhatAnEarlierRunTaught()
    {
        await using var bench = await TestBench.StartAsync(Reply);
        await bench.RunAsync("run", bench.Write("places", Script), "--json");
        await GatherAfterRunsAsync(bench);

        using var first = bench.Start("serve");
        using var second = bench.Start("serve");
        try
        {
            var waited = Stopwatch.StartNew();
            while ((await bench.RunAsync("lessons", "--json")).Json.GetProperty("lessons").GetArrayLength() == 0 && waited.Elapsed < TestBench.Patience)
                await Task.Delay(200, TestContext.Current.CancellationToken);
            var lessons = (await bench.RunAsync("lessons", "--json")).Json.GetProperty("lessons");

            Assert.Equal(Lesson, Assert.Single(lessons.EnumerateArray()).GetProperty("text").GetString());
            Assert.Equal(4, bench.Model.Log.Count);
        }
        finally
        {
            first.StandardInput.Close();
            second.StandardInput.Close();
            await Task.WhenAll(first.WaitForExitAsync(CancellationToken.None), second.WaitForExitAsync(CancellationToken.None)).WaitAsync(TestBench.Patience, CancellationToken.None);
        }
    }

    private static async Task GatherAfterRunsAsync(TestBench bench)
    {
        var folder = Path.Combine(bench.Environment["HOME"], ".mcpworkflows");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "settings.json"), """{ "lessons": { "after": true } }""", TestContext.Current.CancellationToken);
    }

    private static string[] Offered(TestBench bench, int call) => [.. bench.Model.Log.Calls.ElementAt(call).Tools.Select(tool => tool.Name)];

    /// <summary>Makes the fault unless it is told the lesson; its readers and curators find the lesson where a skeptic gave the reason.</summary>
    private static ModelReply Reply(ModelCall call) => call.Prompt switch
    {
        var prompt when prompt.Contains("<digests>", StringComparison.Ordinal) => ModelReply.Answer(call, new
        {
            lessons = prompt.Contains("counts from 1", StringComparison.Ordinal) ? new[] { Proposal(prompt) } : [],
        }),
        var prompt when prompt.Contains("<proposed>", StringComparison.Ordinal) => ModelReply.Answer(call, new { lessons = new[] { Proposal(prompt) }, retire = Array.Empty<int>() }),
        var prompt when prompt.Contains("You are skeptic", StringComparison.Ordinal) => ModelReply.Answer(call, prompt.Contains("on line 1", StringComparison.Ordinal)
            ? new { verdict = "confirmed", reason = "it is there", evidence = "main.c:1" }
            : new { verdict = "refuted", reason = "the tool counts from 1", evidence = "main.c:1" }),
        _ => ModelReply.Answer(call, new { line = call.Instructions.Contains(Lesson, StringComparison.Ordinal) ? 1 : 0 }),
    };

    private static object Proposal(string prompt) => new
    {
        number = 0,
        text = Lesson,
        topics = new[] { "line" },
        audience = "agents",
        evidence = new[] { new { run = RunId().Match(prompt).Value, label = "skeptic 1" } },
    };

    [GeneratedRegex("wf_[a-z0-9]{12}")]
    private static partial Regex RunId();
}
