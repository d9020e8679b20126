using System.Diagnostics;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Cluster.Tests;

public sealed class ProcessTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Limit_OverTwoServersAndThreeWorkers_HoldsAndIsReached()
    {
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cluster = await ProcessCluster.StartAsync(
            async (call, cancellationToken) =>
            {
                // None is answered before the limit is reached once.
                if (call.InFlight >= 6)
                {
                    full.TrySetResult();
                }

                await full.Task.WaitAsync(cancellationToken);
                return ModelReply.Text(call.Prompt).After(Latency);
            },
            concurrency: 6);
        var workers = Enumerable.Range(0, 3).Select(_ => cluster.StartWorker(4)).ToArray();
        await cluster.WorkersAsync(3);

        var runs = new[] { "a", "b" }.Select(name => cluster.StartRun($"return await parallel(Array.from({{ length: 40 }}, (_, i) => () => agent('{name}' + i)));")).ToArray();
        foreach (var run in runs)
        {
            await cluster.EndAsync(run);
        }

        var doctor = cluster.Start("doctor", "--model", "openai/test-model");
        await doctor.WaitForExitAsync(cluster.Token);
        Assert.Contains("ok     workers: 3 alive, 12 calls at a time", cluster.Said(doctor), StringComparison.Ordinal);
        Assert.Contains("answers: RabbitMQ", cluster.Said(doctor), StringComparison.Ordinal);
        cluster.Model.Log.AssertHighWater(6);
        var again = cluster.Model.Log.Calls.GroupBy(static call => call.Prompt).Where(static calls => calls.Count() > 1)
            .Select(calls => $"{calls.Key} by {string.Join(" and ", calls.Select(call => $"worker {Array.IndexOf(workers, cluster.Asker(call))} at {call.ArrivedAt:O}"))}");
        Assert.True(cluster.Model.Log.Count == 80, $"{cluster.Model.Log.Count} calls; asked again: {string.Join(", ", again)}\n{string.Join('\n', workers.Select(cluster.Said))}");
        foreach (var worker in workers)
        {
            ProcessCluster.Terminate(worker);
            await worker.WaitForExitAsync(cluster.Token);
            Assert.True(worker.ExitCode == 0, cluster.Said(worker));
            Assert.Contains("takes 4 calls at a time from amqp://127.0.0.1:", cluster.Said(worker), StringComparison.Ordinal);
            Assert.DoesNotContain("guest", cluster.Said(worker), StringComparison.Ordinal);
        }

        await cluster.WorkersAsync(0);
    }

    [Fact]
    public async Task Workspace_OfGit_IsCheckedOutByTheWorkerAndItsChangesComeHome()
    {
        await using var cluster = await ProcessCluster.StartAsync(
            static (call, _) => Task.FromResult(call.Turn == 0
                ? ModelReply.Call("read_file", new { path = "src/fact.txt" }).AndCall("write_file", new { path = "answer.txt", content = "42\n" })
                : ModelReply.Text(call.Messages.Last(message => message.Role == "tool" && (message.Content ?? "").Contains("fact", StringComparison.Ordinal)).Content ?? "")),
            concurrency: 4);
        var origin = Path.Combine(cluster.Folder, "origin.git");
        var work = Path.Combine(cluster.Folder, "checkout");
        await ShellAsync(
            $"""
            git init -q --bare {origin} && git init -q {work} && cd {work} && git config user.email a@b && git config user.name a && mkdir src
            echo "the fact of HEAD" > src/fact.txt && git add . && git commit -q -m one && git remote add origin file://{origin} && git push -q origin HEAD:refs/heads/main && git fetch -q
            echo "the fact not committed" > src/fact.txt
            """);
        var cache = Path.Combine(cluster.Folder, "cache");
        cluster.StartWorker(2, "--cache", cache);
        await cluster.WorkersAsync(1);

        var run = await cluster.EndAsync(cluster.StartRun("return await agent('Read the fact');", work));

        Assert.Contains("the fact of HEAD", run.ResultJson, StringComparison.Ordinal);
        var journal = await cluster.JournalAsync();
        var tree = Assert.Single(await journal.ReadCallsAsync(run.Id, cluster.Token)).Outcome!.Worktree!;
        Assert.Contains("+42", tree.Patch, StringComparison.Ordinal);
        Assert.Equal("42", await ShellAsync($"git -C {work} show {tree.Branch}:answer.txt"));
        Assert.StartsWith(work, tree.Path, StringComparison.Ordinal);
        Assert.Equal("", await ShellAsync($"git -C $(dirname {cache}/*/HEAD) branch --list"));
        Assert.Equal("2", await ShellAsync($"git -C $(dirname {cache}/*/HEAD) worktree list | wc -l"));
        var log = string.Join('\n', (await journal.ReadEventsAsync(run.Id, 0, 1_000, cluster.Token)).Select(static item => item.PayloadJson));
        Assert.Contains("not the uncommitted changes", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--dispatch amqp://127.0.0.1 --journal some.db", "Workers need a journal in PostgreSQL")]
    [InlineData("--dispatch http://secret@127.0.0.1", "is no address of a RabbitMQ")]
    public async Task Run_WithWhatCannotDispatch_IsWrongUseThatSaysWhy(string options, string message)
    {
        await using var cluster = await ProcessCluster.StartAsync(static (call, _) => Task.FromResult(ModelReply.Text(call.Prompt)), concurrency: 4);
        await File.WriteAllTextAsync(Path.Combine(cluster.Folder, "w.js"), "export const meta = { name: 'w', description: 'w' }; return 1;", cluster.Token);

        foreach (var command in new[] { new[] { "run", "w.js", "--model", "openai/x" }, ["worker"] })
        {
            var process = cluster.Start([.. command, .. options.Split(' ')]);
            await process.WaitForExitAsync(cluster.Token);

            Assert.Contains(message, cluster.Said(process), StringComparison.Ordinal);
            Assert.DoesNotContain("secret", cluster.Said(process), StringComparison.Ordinal);
            Assert.Equal(2, process.ExitCode);
        }
    }

    private static async Task<string> ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-e", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.WaitForExit(TimeSpan.FromSeconds(30)) && shell.ExitCode == 0, await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return output.Trim();
    }
}
