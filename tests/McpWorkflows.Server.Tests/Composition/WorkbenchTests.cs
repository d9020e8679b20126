using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Tools;

namespace McpWorkflows.Server.Tests.Composition;

public class WorkbenchTests
{
    // The error of a command was hidden by the cancelled opening of the journal that went on behind it.
    [Fact]
    public async Task DisposeAsync_WhileTheJournalOpens_DoesNotThrow()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 20; i++)
        {
            var workbench = new Workbench(Options(folder, "journal.db"), new ScriptedAgents());
            workbench.Warm();
            await workbench.DisposeAsync();
        }
    }

    [Fact]
    public async Task EngineAsync_JournalFailedOnce_IsTriedAgain()
    {
        using var folder = new TempFolder();
        var blocked = Directory.CreateDirectory(Path.Combine(folder.Path, "journal.db"));
        await using var workbench = new Workbench(Options(folder, "journal.db"), new ScriptedAgents());
        await Assert.ThrowsAsync<JournalException>(() => workbench.EngineAsync(TestContext.Current.CancellationToken));

        blocked.Delete();

        Assert.NotNull(await workbench.EngineAsync(TestContext.Current.CancellationToken));
    }

    private static WorkbenchOptions Options(TempFolder folder, string journal) =>
        new() { Workspace = folder.Path, Journal = Path.Combine(folder.Path, journal), Model = "openai/test-model" };
}
