using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.CommandLine.Live;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Tests.Dashboard;
using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.CommandLine.Live;

public sealed class JournalViewTests
{
    [Fact]
    public async Task Picture_OfARunOfAnotherProcess_ShowsWhatItsAgentsDoWhileItIsWatched()
    {
        using var folder = new TempFolder();
        var agents = new ShownAgents();
        await using var owner = Bench(folder, agents);
        await using var watcher = Bench(folder, agents);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TestBench.Patience);
        var runId = await (await owner.EngineAsync(patience.Token)).StartAsync(
            new StartRun { Script = "export const meta = { name: 'a', description: 'd' };\nreturn await agent('hold it');", Workspace = folder.Path }, patience.Token);
        var view = new JournalView(await watcher.EngineAsync(patience.Token), await watcher.JournalAsync(patience.Token), runId, TimeProvider.System);

        // What it did before may be seen as well.
        AgentPicture? agent;
        while ((agent = (await view.ReadAsync(patience.Token)).Agents.SingleOrDefault())?.Last != "the total is rounded twice")
            await Task.Delay(20, patience.Token);

        Assert.Equal((true, false), (agent.Speaks, agent.IsQuiet));
        agents.Release("hold it");
    }

    private static Workbench Bench(TempFolder folder, ShownAgents agents) => new(
        new WorkbenchOptions { Workspace = folder.Path, Journal = Path.Combine(folder.Path, "journal.db"), Model = "openai/test-model" }, agents);
}
