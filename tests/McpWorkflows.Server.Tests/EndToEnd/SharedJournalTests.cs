using System.Diagnostics;
using McpWorkflows.Testing.Models;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>The journal in PostgreSQL, by the commands that people use.</summary>
public sealed class SharedJournalTests
{
    private const string Wide = "return (await parallel(Array.from({ length: 60 }, (_, i) => () => agent(`Task ${i}`)))).length";

    [Fact]
    public async Task Commands_OnPostgres_DoWhatTheyDoOnAFile()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("done"));
        bench.JournalPath = await AddressAsync();

        var run = await bench.RunAsync("run", bench.Write("one", "return await agent('Task')"), "--json");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(run.RunId, (await bench.RunAsync("runs", "--json")).Json.GetProperty("runs")[0].GetProperty("runId").GetString());
        Assert.Equal("\"done\"", (await bench.RunAsync("status", run.RunId, "--json")).Result.GetRawText());
        Assert.Contains("had already ended", (await bench.RunAsync("cancel", run.RunId)).Text, StringComparison.Ordinal);

        var file = Path.Combine(bench.Workspace, "run.jsonl");
        Assert.Equal(0, (await bench.RunAsync("export", run.RunId, "--out", file)).ExitCode);
        var imported = await bench.RunAsync("import", file, "--as-new", "--json");
        Assert.True(imported.ExitCode == 0, imported.ToString());
        Assert.Equal("\"done\"", (await bench.RunAsync("status", imported.RunId, "--json")).Result.GetRawText());

        var pruned = await bench.RunAsync("prune", "--keep", "0");
        Assert.Contains("2 runs deleted", pruned.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.RunAsync("runs", "--json")).Json.GetProperty("runs").GetArrayLength());

        var doctor = await bench.RunAsync("doctor");
        Assert.Contains("opens: 0 runs", doctor.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", doctor.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OwnerKilled_AnotherServerFinishesItsRun()
    {
        // Nobody answers from there on: the kill meets a run that is at work, however late it comes.
        await using var bench = await TestBench.StartAsync(call => call.Number > 30 ? ModelReply.Hang() : ModelReply.Text("done").After(TimeSpan.FromMilliseconds(30)));
        bench.JournalPath = await AddressAsync();
        var script = bench.Write("wide", Wide);
        using var other = bench.Start(new Dictionary<string, string> { ["OPENAI_API_KEY"] = "another" }, "serve");
        using (var owner = bench.Start("run", script))
        {
            await bench.Model.Log.WaitForCallsAsync(30, TestBench.Patience);
            owner.Kill();
            await owner.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var killed = Stopwatch.GetTimestamp();
        bench.Model.Handler = (_, _) => Task.FromResult(ModelReply.Text("done").After(TimeSpan.FromMilliseconds(30)));
        await bench.Model.Log.WaitAsync(log => log.Calls.Any(call => call.ApiKey == "another"), TestBench.Patience);
        TestContext.Current.TestOutputHelper?.WriteLine($"Taken over after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s");

        // Many times what the lease and the looks come to: the machine may be busy.
        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(60));
        while (await StateAsync(bench) != "completed")
        {
            Assert.False(other.HasExited, "The server has ended.");
            Assert.True(Stopwatch.GetElapsedTime(killed) < TestBench.Patience, "The run has not ended in time.");
        }

        var asked = bench.Model.Log.OpeningsByPrompt();
        Assert.Equal(60, asked.Count);
        Assert.InRange(asked.Values.Count(times => times > 1), 0, 16);
        Assert.All(asked.Values, times => Assert.InRange(times, 1, 2));
        other.Kill();
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Commands_NoServer_NameThePlaceAndNoPassword()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();
        bench.JournalPath = "postgres://me:hidden@127.0.0.1:1/work";

        var doctor = await bench.RunAsync("doctor");

        Assert.Contains("'work on 127.0.0.1:1' cannot be reached", doctor.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", doctor.Text, StringComparison.Ordinal);
    }

    private static async Task<string> AddressAsync()
    {
        var parts = (await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()).Split(';').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        return $"postgres://{parts["Username"]}:hidden@{parts["Host"]}:{parts["Port"]}/{parts["Database"]}";
    }

    private static async Task<string?> StateAsync(TestBench bench) =>
        (await bench.RunAsync("runs", "--json")).Json.GetProperty("runs")[0].GetProperty("state").GetString();
}
