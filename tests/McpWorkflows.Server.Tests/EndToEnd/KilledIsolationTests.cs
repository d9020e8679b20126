using System.Diagnostics;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>A process that is killed while its agents are at work in working trees of their own, and what the next one finds.</summary>
public sealed class KilledIsolationTests
{
    private const string Script = """
        return await parallel([
          () => agent('Write.', { label: 'writer', isolation: 'worktree' }),
          () => agent('Look.', { label: 'looker', isolation: 'worktree' }),
          () => agent('Sleep.', { label: 'sleeper', isolation: 'worktree', agentType: 'sleeper' }),
        ])
        """;

    [Fact]
    public async Task NextStart_AfterAKill_CleansUpTreesAndProgramsAndKeepsWork()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a killed process left running is found through /proc.");
        await using var bench = await TestBench.StartAsync(call =>
            call.ToolResults.Count > 0 || call.Prompt.StartsWith("Look", StringComparison.Ordinal) ? ModelReply.Hang() : ModelReply.Call("write_file", new { path = "mine.txt", content = "x" }));
        Directory.CreateDirectory(Path.Join(bench.Workspace, ".mcpworkflows", "agents"));
        File.WriteAllText(
            Path.Join(bench.Workspace, ".mcpworkflows", "agents", "sleeper.md"), $"---\nname: sleeper\ncommand: /bin/sh -c 'echo $$ > {bench.Workspace}/pid; echo begun; sleep 991'\n---\n");
        await GitAsync(bench, "init", "-q", "-b", "main");
        await GitAsync(bench, "add", "--all");
        await GitAsync(bench, "-c", "user.name=n", "-c", "user.email=e@x", "commit", "-q", "-m", "first");
        var script = bench.Write("isolated", Script);
        var home = Directory.CreateTempSubdirectory("mcpworkflows-home-").FullName;
        Directory.CreateDirectory(Path.Join(home, ".mcpworkflows"));
        File.WriteAllText(Path.Join(home, ".mcpworkflows", "settings.json"), """{ "allow": ["write", "command_agents"] }""");
        var granted = new Dictionary<string, string> { ["HOME"] = home };
        var pid = Path.Join(bench.Workspace, "pid");

        using (var process = bench.Start(granted, "run", script, "--json"))
        {
            // The writer's second request comes when its file is there.
            await bench.Model.Log.WaitAsync(log => log.Calls.Any(call => call.ToolResults.Count > 0) && log.Count >= 3, TestBench.Patience);
            using var patience = new CancellationTokenSource(TestBench.Patience);
            while (!File.Exists(pid) || File.ReadAllText(pid).Length == 0)
            {
                await Task.Delay(50, patience.Token);
            }

            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(4, (await GitAsync(bench, "worktree", "list")).Split('\n').Length);
        Assert.True(Directory.Exists($"/proc/{File.ReadAllText(pid).Trim()}"), "the program is to outlive its server for this test");

        bench.Model.Handler = (_, _) => Task.FromResult(ModelReply.Text("nothing to do"));
        var other = bench.Write("other", "return await agent('Look.', { isolation: 'worktree' })");
        var next = await bench.RunAsync("run", other, "--json");

        Assert.True(next.ExitCode == 0, next.ToString());
        // It is killed by now, but may stay in the list until its parent has heard of it.
        using (var patience = new CancellationTokenSource(TestBench.Patience))
        {
            while (Directory.Exists($"/proc/{File.ReadAllText(pid).Trim()}"))
            {
                await Task.Delay(50, patience.Token);
            }
        }

        var kept = Assert.Single((await GitAsync(bench, "branch", "--list", "mcpworkflows/*", "--format=%(refname:short)")).Split('\n'));
        Assert.Equal("x", await GitAsync(bench, "show", $"{kept}:mine.txt"));
        Assert.Equal(2, (await GitAsync(bench, "worktree", "list")).Split('\n').Length);
        Assert.Contains($"kept on the branch {kept}", next.Text, StringComparison.Ordinal);
        Directory.Delete(home, recursive: true);
    }

    private static async Task<string> GitAsync(TestBench bench, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = bench.Workspace, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(git.ExitCode == 0, await git.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return output.TrimEnd('\n');
    }
}
