using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Tests.Planning;

public sealed class PlanFileTests : IDisposable
{
    private const string Script = "export const meta = { name: 'a/b c', description: 'd' }\nreturn 1\n";

    private static readonly WorkflowPlan Plan = new()
    {
        Name = "a/b c",
        Description = "Counts.\nAll of it. */",
        Phases = [new PlannedPhase("Find", new PlanRange(2, 6))],
        Agents = new PlanRange(2, 6),
        InputTokens = new PlanRange(24_000, 72_000),
        OutputTokens = new PlanRange(2_400, 7_200),
        Cost = new PlanCost(0.0314m, 1.5m),
    };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task WriteAsync_AnyWorkspace_LeavesAFileThatPeopleReadAndRunAgain()
    {
        var (path, problem) = await PlanFile.WriteAsync(folder.FullName, "wf_1", Plan, "Count\nit", Script, Cancellation);

        Assert.Null(problem);
        Assert.Equal(".mcpworkflows/plans/wf_1-a-b-c.js", path);
        Assert.Equal(path, PlanFile.Find(folder.FullName, "wf_1", "a/b c"));
        var text = await File.ReadAllTextAsync(Path.Combine(folder.FullName, path!), Cancellation);
        Assert.Contains("//   it\n", text);
        Assert.Contains("// 2 to 6 agents, 24,000 to 72,000 input and 2,400 to 7,200 output tokens, $0.0314 to $1.50\n//   Find: 2 to 6\n", text);
        Assert.EndsWith(Script, text);
        Assert.Equal("a/b c", WorkflowScript.Parse(text, "plan.js").Meta.Name);
    }

    [Fact]
    public async Task WriteAsync_AFolderThatCannotBeWritten_SaysSo()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".mcpworkflows"), "in the way", Cancellation);

        var (path, problem) = await PlanFile.WriteAsync(folder.FullName, "wf_1", Plan, null, Script, Cancellation);

        Assert.Null(path);
        Assert.Contains("journal only", problem);
    }

    [Fact]
    public async Task WriteAsync_ALinkOutOfTheWorkspace_IsNotFollowed()
    {
        var other = Directory.CreateTempSubdirectory();
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, ".mcpworkflows"), other.FullName);

        var (path, problem) = await PlanFile.WriteAsync(folder.FullName, "wf_1", Plan, null, Script, Cancellation);

        Assert.Null(path);
        Assert.Contains("is a link", problem);
        Assert.Empty(other.EnumerateFiles("*", SearchOption.AllDirectories));
        Directory.Delete(Path.Combine(folder.FullName, ".mcpworkflows"));
        other.Delete(recursive: true);
    }
}
