using System.Text.Json.Nodes;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Fixtures;

/// <summary>What people really write is valid, warns of what it should and nothing else, and rehearses to its end.</summary>
public sealed class RealScriptTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Scripts => [.. Fixture.Names];

    [Fact]
    public void Fixtures_AreTwentyOrMore_FromOneToTwoHundredKilobytes()
    {
        var lengths = Fixture.Names.Select(name => Fixture.Load(name).Text.Length).Order().ToList();

        Assert.True(lengths.Count >= 20, $"{lengths.Count} fixtures");
        Assert.InRange(lengths[0], 400, 1_500);
        Assert.InRange(lengths[^1], 200_000, 524_288);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void RealScript_Validated_WarnsOfWhatItShould(string name)
    {
        var fixture = Fixture.Load(name);

        var script = WorkflowScript.Parse(fixture.Text, name);

        AssertBegin(fixture.Warnings, script.Warnings);
        AssertBegin(fixture.Notes, script.Notes);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task RealScript_Rehearsed_Completes(string name)
    {
        var fixture = Fixture.Load(name);
        using var folder = new TempFolder();
        folder.Write(Path.Combine(".claude", "workflows", "fixture-child.js"), Child("fixture-child.js"));
        folder.Write(Path.Combine("flows", "child.js"), Child("child.js"));
        await using var workbench = new Workbench(new WorkbenchOptions { Workspace = folder.Path, InMemory = true, Model = ModelSetup.Rehearsal });
        var engine = await workbench.EngineAsync(Cancellation);

        var runId = await engine.StartAsync(
            new StartRun { Script = fixture.Text, FileName = name, ArgsJson = fixture.Args, Model = ModelSetup.Rehearsal, Workspace = folder.Path },
            Cancellation);
        var status = await engine.WaitAsync(runId, Longest, Cancellation);

        var shown = $"{status.Run.State} {status.Run.Error} {status.Run.ResultJson}\n{string.Join('\n', status.Log)}";
        Assert.True(status.Run.State.ToText() == fixture.State, shown);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(fixture.Result), JsonNode.Parse(status.Run.ResultJson!)), shown);
        Assert.Equal(fixture.Agents, (await (await workbench.JournalAsync(Cancellation)).ReadCallsAsync(runId, Cancellation)).Count);
    }

    private static string Child(string name) => File.ReadAllText(Path.Combine(Fixture.Folder, "Children", name));

    private static void AssertBegin(IReadOnlyList<string> expected, IReadOnlyList<ScriptError> found)
    {
        var shown = found.Select(finding => $"{finding.Line}:{finding.Column}: {finding.Message}").ToList();
        Assert.True(shown.Count == expected.Count && shown.Zip(expected).All(pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal)), string.Join('\n', shown));
    }
}
