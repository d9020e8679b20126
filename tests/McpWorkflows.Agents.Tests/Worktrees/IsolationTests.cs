using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Agents.Worktrees;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.Worktrees;

public sealed class IsolationTests
{
    private static readonly GrantedTools Writing = new() { WriteFile = true, EditFile = true };

    private static readonly AgentOptions Isolated = new() { Isolation = "worktree" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agent_ThatChangesFiles_LeavesBranchPathBasePatchAndCounts()
    {
        var client = new ScriptedChatClient(
            ScriptedChatClient.Call("write_file", """{"path":"new/c.txt","content":"c\n"}"""),
            ScriptedChatClient.Call("edit_file", """{"path":"a.txt","old_text":"one","new_text":"1\n2"}"""),
            ScriptedChatClient.Text("done"));
        using var bench = await BenchAsync(client);
        var head = await bench.Folder.GitAsync("rev-parse", "HEAD");

        var outcome = await bench.RunAsync(Isolated, runId: "wf_abc");

        var kept = outcome.Worktree!;
        Assert.Equal(("mcpworkflows/wf_abc-1", head), (kept.Branch, kept.Base));
        Assert.Equal((2, 3, 1), (kept.FilesChanged, kept.Insertions, kept.Deletions));
        Assert.Equal("c\n", File.ReadAllText(Path.Join(kept.Path, "new/c.txt")));
        Assert.Equal("one\n", File.ReadAllText(bench.Folder.At("a.txt")));
        Assert.False(Directory.Exists(bench.Folder.At("new")));
        Assert.Equal("1\n2", await bench.Folder.GitAsync("show", $"{kept.Branch}:a.txt"));
        Assert.Equal("", await bench.Folder.GitAsync("status", "--porcelain"));
        Assert.Equal("feature", await bench.Folder.GitAsync("rev-parse", "--abbrev-ref", "HEAD"));
        await new Git(bench.Folder.Path).RunAsync(["apply", "--check", "-"], Cancellation, kept.Patch);
        Assert.Contains("on the branch mcpworkflows/wf_abc-1", client.Requests[0].Messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_StartsAtHeadWithoutUncommittedChanges_AndTheRecordSaysSo()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("list_files", "{}"), ScriptedChatClient.Call("read_file", """{"path":"a.txt"}"""), ScriptedChatClient.Text("done"));
        using var bench = await BenchAsync(client);
        bench.Folder.Write("a.txt", "changed\n");

        var outcome = await bench.RunAsync(Isolated);

        Assert.Equal(".gitignore\na.txt\nb.txt\n", client.Requests[1].LastText);
        Assert.Equal("1\tone\n", client.Requests[2].LastText);
        Assert.Contains("uncommitted changes; the agent started at", Assert.Single(outcome.Notes!), StringComparison.Ordinal);
        Assert.Equal("changed\n", File.ReadAllText(bench.Folder.At("a.txt")));
    }

    [Fact]
    public async Task Agent_ThatChangesNothing_LeavesNothing()
    {
        using var bench = await BenchAsync(new ScriptedChatClient(ScriptedChatClient.Text("nothing to do")));

        Assert.Null((await bench.RunAsync(Isolated)).Worktree);

        await AssertCleanAsync(bench.Folder);
    }

    [Fact]
    public async Task Agents_AtOnce_NeverCollide()
    {
        var write = ScriptedChatClient.Call("write_file", """{"path":"mine.txt","content":"x"}""");
        var end = ScriptedChatClient.Text("done");
        var client = new ScriptedChatClient((request, token) =>
            (request.Messages.Count > 2 || request.Messages[1].Text.StartsWith("Look", StringComparison.Ordinal) ? end : write)(request, token));
        using var bench = await BenchAsync(client);
        var second = new HostBench(client, Writing, folder: bench.Folder);

        // A server of its own for half of them; half of each change nothing, so that trees come and go at once.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(number =>
            (number < 8 ? bench : second).RunAsync(Isolated, prompt: number % 2 == 0 ? "Write." : "Look.", runId: number < 8 ? "first" : "second")));

        Assert.All(outcomes, outcome => Assert.Equal((AgentOutcomeKind.Succeeded, null), (outcome.Kind, outcome.Notes)));
        var kept = outcomes.Select(outcome => outcome.Worktree).OfType<AgentWorktree>().ToList();
        Assert.Equal(8, kept.Select(work => work.Branch).Distinct().Count());
        Assert.All(kept, work => Assert.Equal(1, work.FilesChanged));
        Assert.Equal(9, (await bench.Folder.GitAsync("worktree", "list")).Split('\n').Length);
        Assert.Equal(8, (await bench.Folder.GitAsync("branch", "--list", "mcpworkflows/*")).Split('\n').Length);
        Assert.Equal("", await bench.Folder.GitAsync("fsck", "--no-progress", "--no-dangling"));
        second.Host.Dispose();
    }

    [Fact]
    public async Task Agent_OnADetachedHead_StartsThere()
    {
        using var bench = await BenchAsync(Writer());
        await bench.Folder.GitAsync("checkout", "-q", "--detach", "main");

        var kept = (await bench.RunAsync(Isolated)).Worktree!;

        Assert.Equal(await bench.Folder.GitAsync("rev-parse", "main"), kept.Base);
        Assert.False(File.Exists(Path.Join(kept.Path, "b.txt")));
    }

    [Fact]
    public async Task Agent_InAFolderWithSpaces_Works()
    {
        using var outer = new TempFolder();
        var path = Directory.CreateDirectory(outer.At("my own  project (1)")).FullName;
        var git = new Git(path);
        await git.RunAsync(["init", "-q"], Cancellation);
        outer.Write("my own  project (1)/a file.txt", "x\n");
        await git.RunAsync(["add", "--all"], Cancellation);
        await git.RunAsync(["commit", "-q", "-m", "first"], Cancellation);
        using var bench = new HostBench(Writer(), Writing);

        var outcome = await bench.Host.RunAsync(
            new AgentRequest { RunId = "r", CallNumber = 1, Prompt = "p", Label = "l", Options = Isolated, Workspace = path }, bench, Cancellation);

        Assert.Equal((1, "done"), (outcome.Worktree!.FilesChanged, System.Text.Json.JsonSerializer.Deserialize<string>(outcome.AnswerJson!)));
        Assert.Equal("x", await git.RunAsync(["show", $"{outcome.Worktree.Branch}:mine.txt"], Cancellation));
    }

    [Fact]
    public async Task Agent_WithSubmodules_WorksAndTheRecordSaysThatTheyWereEmpty()
    {
        using var other = await new TempFolder().WithRepositoryAsync();
        using var bench = await BenchAsync(Writer());
        await bench.Folder.GitAsync("-c", "protocol.file.allow=always", "submodule", "add", "-q", other.Path, "sub");
        await bench.Folder.GitAsync("commit", "-q", "-m", "with a submodule");

        var outcome = await bench.RunAsync(Isolated);

        Assert.Equal(1, outcome.Worktree!.FilesChanged);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Join(outcome.Worktree.Path, "sub")));
        Assert.Contains("The repository has submodules; their folders were empty", Assert.Single(outcome.Notes!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workspace_ThatIsBare_IsRefusedWithTheCause()
    {
        using var bench = new HostBench();
        await bench.Folder.GitAsync("init", "-q", "--bare");

        Assert.Contains("the workspace is a bare one", (await bench.RunAsync(Isolated)).Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_AfterAKillInTheMiddleOfGit_LosesNoWorkAndLeavesNoLock()
    {
        using var folder = await new TempFolder().WithRepositoryAsync();
        var repository = (await Repository.FindAsync(folder.Path, Cancellation)).Found!;
        var adding = await WorktreeKeeper.CreateAsync(repository, "adding", repository.Head, Cancellation);
        File.WriteAllText(Path.Join(adding.Path, "work.txt"), "work");
        File.WriteAllText(folder.At(".git/worktrees/adding/index.lock"), "");
        await adding.Mark.DisposeAsync();
        var making = await WorktreeKeeper.CreateAsync(repository, "making", repository.Head, Cancellation);
        await making.WriteMarkAsync(isReady: false);
        making.Mark.SetLength(making.Base.Length);
        await making.Mark.DisposeAsync();
        await folder.GitAsync("worktree", "lock", "--reason", "initializing", making.Path);
        File.Delete(Path.Join(making.Path, "a.txt"));
        File.Delete(Path.Join(making.Path, ".git"));

        var notice = Assert.Single(await WorktreeSweep.RunAsync(repository, Cancellation));

        Assert.Contains("kept on the branch mcpworkflows/adding", notice, StringComparison.Ordinal);
        Assert.Equal("work", await folder.GitAsync("show", "mcpworkflows/adding:work.txt"));
        Assert.DoesNotContain("making", await folder.GitAsync("worktree", "list"), StringComparison.Ordinal);
        Assert.Equal("mcpworkflows/adding", await folder.GitAsync("branch", "--list", "mcpworkflows/*", "--format=%(refname:short)"));
        Assert.False(Directory.Exists(making.Path));
    }

    [Fact]
    public async Task Agent_InASubfolder_WorksInItsCounterpart()
    {
        using var outer = await new TempFolder().WithRepositoryAsync();
        outer.Write("sub/x.txt", "x\n");
        await outer.GitAsync("add", "--all");
        await outer.GitAsync("commit", "-q", "-m", "third");
        var client = new ScriptedChatClient(ScriptedChatClient.Call("list_files", "{}"), ScriptedChatClient.Text("done"));
        using var bench = new HostBench(client, Writing);

        await bench.Host.RunAsync(
            new AgentRequest { RunId = "r", CallNumber = 1, Prompt = "p", Label = "l", Options = Isolated, Workspace = outer.At("sub") }, bench, Cancellation);

        Assert.Equal("x.txt\n", client.Requests[1].LastText);
    }

    [Fact]
    public async Task Workspace_WithoutARepositoryOrCommit_IsRefusedWithTheCause()
    {
        using var bench = new HostBench();

        var none = await bench.RunAsync(Isolated);
        await bench.Folder.GitAsync("init", "-q");
        var empty = await bench.RunAsync(Isolated);

        Assert.Equal((AgentOutcomeKind.Refused, AgentOutcomeKind.Refused), (none.Kind, empty.Kind));
        Assert.Contains("needs a git repository, and the workspace is in none", none.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("needs a commit to start from", empty.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_Cancelled_LeavesItsWorkOnTheBranchAndNoTree()
    {
        using var cancel = new CancellationTokenSource();
        var client = new ScriptedChatClient(
            ScriptedChatClient.Call("write_file", """{"path":"half.txt","content":"x"}"""), ScriptedChatClient.Silence(cancel.Cancel));
        using var bench = await BenchAsync(client);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(Isolated, token: cancel.Token));

        Assert.Equal("x", await bench.Folder.GitAsync("show", "mcpworkflows/run-1:half.txt"));
        Assert.Single((await bench.Folder.GitAsync("worktree", "list")).Split('\n'));
    }

    [Fact]
    public async Task Sweep_AfterAKilledServer_RemovesCleanTreesAndKeepsChangedOnes()
    {
        using var folder = await new TempFolder().WithRepositoryAsync();
        var repository = (await Repository.FindAsync(folder.Path, Cancellation)).Found!;
        var clean = await WorktreeKeeper.CreateAsync(repository, "clean", repository.Head, Cancellation);
        var changed = await WorktreeKeeper.CreateAsync(repository, "changed", repository.Head, Cancellation);
        var inUse = await WorktreeKeeper.CreateAsync(repository, "in-use", repository.Head, Cancellation);
        File.WriteAllText(Path.Join(changed.Path, "c.txt"), "c");
        // A killed process holds no lock.
        await clean.Mark.DisposeAsync();
        await changed.Mark.DisposeAsync();

        var notice = Assert.Single(await WorktreeSweep.RunAsync(repository, Cancellation));

        Assert.Contains("kept on the branch mcpworkflows/changed", notice, StringComparison.Ordinal);
        Assert.False(Directory.Exists(clean.Path));
        Assert.True(Directory.Exists(inUse.Path));
        Assert.Equal("c", await folder.GitAsync("show", "mcpworkflows/changed:c.txt"));
        Assert.Equal("mcpworkflows/changed\nmcpworkflows/in-use", (await folder.GitAsync("branch", "--list", "mcpworkflows/*", "--format=%(refname:short)")));
        Assert.Empty(await WorktreeSweep.RunAsync(repository, Cancellation));
        await WorktreeKeeper.RemoveAsync(inUse, alsoBranch: true);
    }

    [Fact]
    public async Task Restore_WhereTheBranchIsGone_AppliesThePatchAgain()
    {
        using var bench = await BenchAsync(new ScriptedChatClient(
            ScriptedChatClient.Call("write_file", """{"path":"c.txt","content":"no line end"}"""), ScriptedChatClient.Text("done")));
        var kept = (await bench.RunAsync(Isolated)).Worktree!;

        Assert.Equal(new WorkRestored(true, null), await bench.Host.RestoreAsync(kept, bench.Folder.Path, Cancellation));

        await bench.Folder.GitAsync("worktree", "remove", "--force", kept.Path);
        var checkedOut = await bench.Host.RestoreAsync(kept, bench.Folder.Path, Cancellation);
        Assert.StartsWith("its working tree was gone; the branch mcpworkflows/run-1 was checked out again", checkedOut.Note, StringComparison.Ordinal);
        Assert.Equal("no line end", File.ReadAllText(Path.Join(kept.Path, "c.txt")));

        await bench.Folder.GitAsync("worktree", "remove", "--force", kept.Path);
        await bench.Folder.GitAsync("branch", "-q", "-D", kept.Branch);
        var applied = await bench.Host.RestoreAsync(kept, bench.Folder.Path, Cancellation);
        Assert.True(applied.IsThere);
        Assert.StartsWith("its branch was gone; its patch was applied again on mcpworkflows/run-1", applied.Note, StringComparison.Ordinal);
        Assert.Equal("no line end", await bench.Folder.GitAsync("show", $"{kept.Branch}:c.txt"));
    }

    [Fact]
    public async Task Restore_WhereItCannotBe_SaysThatTheCallIsRunAgain()
    {
        using var bench = await BenchAsync(new ScriptedChatClient(
            ScriptedChatClient.Call("write_file", """{"path":"c.txt","content":"c\n"}"""), ScriptedChatClient.Text("done")));
        var kept = (await bench.RunAsync(Isolated)).Worktree!;
        using var other = await new TempFolder().WithRepositoryAsync();
        using var none = new TempFolder();

        var elsewhere = await bench.Host.RestoreAsync(kept with { Base = new string('1', 40) }, other.Path, Cancellation);
        var nowhere = await bench.Host.RestoreAsync(kept, none.Path, Cancellation);

        Assert.Equal((false, false), (elsewhere.IsThere, nowhere.IsThere));
        Assert.EndsWith("does not have the commit 1111111111 from which it started; the call is run again.", elsewhere.Note, StringComparison.Ordinal);
        Assert.Equal("the repository is not here; the call is run again.", nowhere.Note);
    }

    private static ScriptedChatClient Writer() => new(ScriptedChatClient.Call("write_file", """{"path":"mine.txt","content":"x"}"""), ScriptedChatClient.Text("done"));

    private static async Task<HostBench> BenchAsync(ScriptedChatClient client) =>
        new(client, Writing, folder: await new TempFolder().WithRepositoryAsync());

    private static async Task AssertCleanAsync(TempFolder folder)
    {
        Assert.Single((await folder.GitAsync("worktree", "list")).Split('\n'));
        Assert.Equal("", await folder.GitAsync("branch", "--list", "mcpworkflows/*"));
        Assert.Equal(["turn.lock"], Directory.GetFileSystemEntries(folder.At(".git/mcpworkflows-worktrees")).Select(Path.GetFileName));
    }
}
