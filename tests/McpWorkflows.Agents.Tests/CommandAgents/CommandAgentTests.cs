using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.CommandAgents;

public sealed class CommandAgentTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly HostBench _bench;

    public CommandAgentTests()
    {
        _bench = new HostBench(time: _time);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs are shell scripts.");
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Program_GetsThePromptOnItsInput_AndItsUsageCounts()
    {
        Install("echo", """read -r all; printf '{"type":"result","result":"heard: %s in %s","usage":{"input_tokens":3,"output_tokens":4},"is_error":false}' "$all" "$(basename "$PWD")" """);

        var outcome = await RunAsync("echo", "say");

        Assert.Equal("\"heard: say in workspace\"", outcome.AnswerJson);
        Assert.Equal(new AgentUsage(3, 4), outcome.Usage);
        Assert.Equal("command/echo", outcome.Model);
    }

    [Fact]
    public async Task Program_WithAPlaceholder_GetsThePromptAsOneArgument_AndInstructionsBefore()
    {
        Install("arg", """printf '%s' "$1" """, "'{prompt}'", body: "Be brief.");

        Assert.Equal("\"Be brief.\\n\\ntwo words; $(x)\"", (await RunAsync("arg", "two words; $(x)")).AnswerJson);
    }

    [Fact]
    public async Task Program_SeesOnlyNamedVariables()
    {
        Environment.SetEnvironmentVariable("MCPWORKFLOWS_TEST_NAMED", "named");
        Environment.SetEnvironmentVariable("MCPWORKFLOWS_TEST_OTHER", "other");
        try
        {
            Install("env", "env", head: "env: MCPWORKFLOWS_TEST_NAMED");

            var text = (await RunAsync("env")).AnswerJson!;

            Assert.Contains("MCPWORKFLOWS_TEST_NAMED=named", text, StringComparison.Ordinal);
            Assert.DoesNotContain("MCPWORKFLOWS_TEST_OTHER", text, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MCPWORKFLOWS_TEST_NAMED", null);
            Environment.SetEnvironmentVariable("MCPWORKFLOWS_TEST_OTHER", null);
        }
    }

    [Fact]
    public async Task Program_WithASchema_IsAskedAgainWithTheErrors()
    {
        Install("json", """if grep -q 'does not satisfy' ; then echo 'Sure: {"n": 2}'; else echo '{"n": "many"}'; fi""");

        var outcome = await _bench.RunAsync(Options("json") with { SchemaJson = """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}""" });

        Assert.Equal("""{"n":2}""", outcome.AnswerJson!.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(2, outcome.Attempts);
    }

    [Fact]
    public async Task Program_ThatNeverFits_KeepsItsTextAndSaysWhy()
    {
        Install("stubborn", "echo 'I will not.'");

        var outcome = await _bench.RunAsync(Options("stubborn") with { SchemaJson = """{"type":"object","properties":{}}""" });

        Assert.Equal((AgentOutcomeKind.SchemaUnsatisfied, 3, "I will not."), (outcome.Kind, outcome.Attempts, outcome.Failure!.LastText));
        Assert.Contains("did not satisfy the schema after 3 tries", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_ThatFails_IsNamedWithItsLastWords()
    {
        Install("broken", "echo half; echo 'invalid api key' >&2; exit 7");

        var outcome = await RunAsync("broken");

        Assert.Equal((AgentOutcomeKind.Failed, "half"), (outcome.Kind, outcome.Failure!.LastText));
        Assert.Equal("'broken' ended with exit code 7. Its last words on standard error:\ninvalid api key", outcome.Failure.Cause);
    }

    [Fact]
    public async Task Program_OverItsTime_IsEnded()
    {
        Install("slow", "sleep 777 & echo $! > child.pid; echo begun; wait", head: "timeoutSeconds: 1");

        var running = RunAsync("slow");
        await _bench.HeardAsync("begun");
        var outcome = await _time.PassUntilAsync(running, TimeSpan.FromSeconds(1));

        Assert.Contains("did not end within its time limit of 1 s", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.False(ProcessFiles.IsAlive(_bench.Folder.At("child.pid")));
    }

    [Fact]
    public async Task Program_ThatFallsSilent_IsEndedAndTriedOnceMore()
    {
        Install("mute", "echo $$ >> pids; echo begun; sleep 888");

        var running = _bench.RunAsync(Options("mute") with { Stall = TimeSpan.FromMilliseconds(700) });
        for (var attempt = 0; attempt < 2; attempt++)
        {
            // What was heard has set the timer anew.
            await _bench.HeardAsync("begun");
            _time.Advance(TimeSpan.FromMilliseconds(700));
        }

        var outcome = await running;
        Assert.Equal((AgentOutcomeKind.Stalled, 2), (outcome.Kind, outcome.Attempts));
        Assert.Contains("'mute' stalled: no output for 0.7 s", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("stallMs", outcome.Failure.Cause, StringComparison.Ordinal);
        Assert.All(File.ReadAllLines(_bench.Folder.At("pids")), id => Assert.False(Directory.Exists($"/proc/{id}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(">&2")]
    public async Task Program_ThatPrintsAsItGoes_IsNotStalledHoweverLongItTakes(string stream)
    {
        Install("slow", $"for i in 1 2 3 4 5 6 7 8; do echo $i {stream}; until [ -e go$i ]; do sleep 0.01; done; done; echo the end", head: "stallSeconds: 2.5");

        var running = RunAsync("slow");
        for (var i = 1; i <= 8; i++)
        {
            // A sign of life sets the timer anew; the first one is set at the start.
            await _time.WaitUntilSetAsync(TestContext.Current.CancellationToken).WaitAsync(HostBench.Patience, TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromSeconds(1));
            _bench.Folder.Write($"go{i}", "");
        }

        var outcome = await running;
        Assert.Equal((AgentOutcomeKind.Succeeded, 1), (outcome.Kind, outcome.Attempts));
        Assert.EndsWith("the end\"", outcome.AnswerJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_OfAProgram_AreRecordedWithTheirOrigin()
    {
        Install("plain", "echo \"$1\"", "'{model}'", head: "timeoutSeconds: 60\nstallSeconds: 30\nmodel: big");

        var own = await RunAsync("plain");
        var stated = await _bench.RunAsync(Options("plain") with { Model = "small", Timeout = TimeSpan.FromSeconds(20), Stall = TimeSpan.FromSeconds(10), Retries = 0 });

        Assert.Equal("""{"model":{"value":"big","from":"agentType"},"stallMs":{"value":30000,"from":"agentType"},"timeoutMs":{"value":60000,"from":"agentType"}}""", own.Resolved);
        Assert.Equal(
            """{"model":{"value":"small","from":"call"},"stallMs":{"value":10000,"from":"call"},"timeoutMs":{"value":20000,"from":"call"},"retries":{"value":0,"from":"call"}}""",
            stated.Resolved);
        Assert.Equal(("\"big\"", "\"small\""), (own.AnswerJson, stated.AnswerJson));
    }

    [Fact]
    public async Task Program_ThatIsNotThere_IsNamed()
    {
        _bench.Folder.Write("../home/.mcpworkflows/agents/no.md", "---\ncommand: no-such-program-here\n---\n");

        Assert.Equal("The program 'no-such-program-here' was not found. Install it, or give its full path.", (await RunAsync("no")).Failure!.Cause);
    }

    [Fact]
    public async Task Program_OfTheWorkspace_StartsOnlyWhenAllowed()
    {
        var text = "---\nname: theirs\ncommand: touch ran\n---\n";
        _bench.Folder.Write(".claude/agents/theirs.md", text);

        var refused = await RunAsync("theirs");

        Assert.Equal(AgentOutcomeKind.Refused, refused.Kind);
        Assert.Contains("would start the program 'touch', which is not allowed. Add command_agents", refused.Failure!.Cause, StringComparison.Ordinal);
        Assert.False(File.Exists(_bench.Folder.At("ran")));

        using var trusting = new HostBench(granted: new GrantedTools { CommandAgents = true });
        trusting.Folder.Write(".claude/agents/theirs.md", text);
        await trusting.RunAsync(Options("theirs"));
        Assert.True(File.Exists(trusting.Folder.At("ran")));
    }

    [Fact]
    public async Task Program_InARehearsal_IsNotStarted()
    {
        Install("real", "touch ran; echo x");

        var outcome = await _bench.RunAsync(Options("real"), runModel: "rehearsal");

        Assert.True(outcome.Rehearsed);
        Assert.False(File.Exists(_bench.Folder.At("ran")));
    }

    private static AgentOptions Options(string type) => new() { AgentType = type };

    private Task<AgentOutcome> RunAsync(string type, string prompt = "Do it.") => _bench.RunAsync(Options(type), prompt);

    /// <summary>A shell script in the user's home, and a type that names it.</summary>
    private void Install(string name, string script, string arguments = "", string head = "", string body = "")
    {
        var path = _bench.Folder.Write($"../home/bin/{name}.sh", script);
        _bench.Folder.Write($"../home/.mcpworkflows/agents/{name}.md", $"---\nname: {name}\ncommand: /bin/bash {path} {arguments}\n{head}\n---\n{body}");
    }
}
