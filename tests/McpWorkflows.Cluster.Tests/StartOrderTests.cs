using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Testing.Models;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Cluster.Tests;

/// <summary>Machines and compose files start things in any order.</summary>
public sealed class StartOrderTests
{
    [Fact]
    public async Task Start_BeforeTheDatabase_ServerAndWorkerWaitAndTakeUpWhatWasLeft()
    {
        await using var postgres = await PostgresServer.StartNewAsync(flushes: false);
        await using var cluster = await ProcessCluster.StartAsync(static (call, _) => Task.FromResult(ModelReply.Text(call.Prompt)), concurrency: 4, postgres: postgres);
        await using (var before = await DatabaseJournal.OpenAsync(new JournalOptions { Path = cluster.Database }, cluster.Token))
        {
            await before.CreateRunAsync(Run(), cluster.Token);
        }

        await postgres.StopAsync();

        var worker = cluster.StartWorker(2);
        var server = cluster.StartServer();
        var doctor = cluster.Start("doctor", "--model", "openai/test-model");
        await SaysAsync(cluster, worker, "It is tried again until it is there.");
        await SaysAsync(cluster, server, "It is tried again until it is there.");
        await doctor.WaitForExitAsync(cluster.Token);
        Assert.Contains("Check that PostgreSQL runs there", cluster.Said(doctor), StringComparison.Ordinal);
        Assert.False(worker.HasExited || server.HasExited);
        await postgres.StartAsync();

        await SaysAsync(cluster, worker, "is there now.");
        await using var journal = await DatabaseJournal.OpenAsync(new JournalOptions { Path = cluster.Database }, cluster.Token);
        RunRecord? run;
        while ((run = await journal.FindRunAsync("wf_left", cluster.Token))!.State != RunState.Completed)
        {
            await journal.WaitForChangeAsync("wf_left", TimeSpan.FromMilliseconds(250), TimeProvider.System, cluster.Token);
        }

        Assert.Equal("\"hello\"", run.ResultJson);
        Assert.Equal([1, 1], new[] { worker, server }.Select(process => cluster.Said(process).Split("It is tried again until it is there.").Length - 1));

        RunRecord Run() => new()
        {
            Id = "wf_left",
            Name = "left",
            Script = "export const meta = { name: 'left', description: 'left' };\nreturn await agent('hello');",
            FileName = "left.js",
            Settings = new RunSettings { Workspace = Path.Combine(cluster.Folder, "work"), Seed = 1, Model = "openai/test-model" },
            State = RunState.Running,
            CreatedAt = DateTimeOffset.UnixEpoch.AddYears(60),
        };
    }

    private static async Task SaysAsync(ProcessCluster cluster, Process process, string words)
    {
        while (!cluster.Said(process).Contains(words, StringComparison.Ordinal))
        {
            Assert.False(process.HasExited, cluster.Said(process));
            await Task.Delay(50, cluster.Token);
        }
    }
}
