using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>Questions on the command line, over the life of several processes.</summary>
public sealed class QuestionTests
{
    private const string Script = """
        const found = await agent('Find it')
        const choice = await checkpoint(`Delete ${found}?`, { schema: { enum: ['yes', 'no'] } })
        return { found, choice }
        """;

    [Fact]
    public async Task Run_InAPipe_ExitsWithFourAndGoesOnWithTheAnswer()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("a.txt"));

        var asked = await bench.RunAsync("run", bench.Write("ask", Script), "--json");

        Assert.True(asked.ExitCode == 4, asked.ToString());
        Assert.Equal("waiting", asked.Json.GetProperty("state").GetString());
        Assert.Equal("Delete a.txt?", asked.Json.GetProperty("questions")[0].GetProperty("question").GetString());
        Assert.Contains($"mcp-workflows resume {asked.RunId} --answer 'JSON'", asked.Errors);
        var status = await bench.RunAsync("status", asked.RunId);
        Assert.Equal(4, status.ExitCode);
        Assert.Contains("question 1: Delete a.txt?", status.Out);

        var wrong = await bench.RunAsync("resume", asked.RunId, "--answer", "perhaps");
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Contains("does not match its schema", wrong.Errors);
        var done = await bench.RunAsync("resume", asked.RunId, "--answer", "yes", "--json");

        Assert.True(done.ExitCode == 0, done.ToString());
        Assert.Equal("""{"found":"a.txt","choice":"yes"}""", done.Result.ToString().Replace(" ", "").ReplaceLineEndings("").Replace("\n", ""));
        Assert.Equal(1, bench.Model.Log.Count);
    }

    [Fact]
    public async Task Rehearse_AScriptThatAsks_AnswersItself()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var rehearsed = await bench.RunAsync("rehearse", bench.Write("ask", Script), "--json");

        Assert.True(rehearsed.ExitCode == 0, rehearsed.ToString());
        Assert.Equal("completed", rehearsed.Json.GetProperty("state").GetString());
    }
}
