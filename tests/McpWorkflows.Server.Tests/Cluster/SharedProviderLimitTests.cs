using McpWorkflows.Agents;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Server.Tests.Cluster;

/// <summary>Two agent hosts that know of each other only through the journal.</summary>
public sealed class SharedProviderLimitTests
{
    private const int Width = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MaxConcurrency_TwoHostsOnOneFile_HoldsOverBoth()
    {
        var folder = Directory.CreateTempSubdirectory("mcpworkflows-provider-");
        try
        {
            var path = Path.Combine(folder.FullName, "journal.db");
            await AskAsync(() => OpenAsync(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task MaxConcurrency_TwoHostsOnOnePostgresDatabase_HoldsOverBoth()
    {
        var server = await PostgresServer.SharedAsync();
        var database = (await server.CreateDatabaseAsync()).Split("Database=")[1];
        await AskAsync(() => OpenAsync($"postgres://postgres@127.0.0.1:{server.Port}/{database}"));
    }

    private static async Task<IJournal> OpenAsync(string path) => await DatabaseJournal.OpenAsync(new JournalOptions { Path = path }, Cancellation);

    private static async Task AskAsync(Func<Task<IJournal>> openAsync)
    {
        ModelServer? asked = null;
        await using var server = asked = await ModelServer.StartAsync(async (_, cancellationToken) =>
        {
            // Nobody is answered before all places are taken: fewer would end in a time-out.
            await asked!.Log.WaitAsync(log => log.HighWater >= Width, ServerProcess.Timeout).WaitAsync(cancellationToken);
            return ModelReply.Text("ok").After(TimeSpan.FromMilliseconds(20));
        });
        await using var first = await openAsync();
        await using var second = await openAsync();
        using var one = NewHost(server.BaseUrl, first);
        using var two = NewHost(server.BaseUrl, second);

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 60).Select(number => (number % 2 == 0 ? one : two).RunAsync(Request(number), new Progress<AgentProgress>(), Cancellation)))
            .WaitAsync(ServerProcess.Timeout, Cancellation);

        Assert.All(outcomes, outcome => Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind));
        Assert.Equal((60, Width), (server.Log.Count, server.Log.HighWater));
    }

    private static ChatAgentHost NewHost(string baseUrl, IJournal journal) => new(new AgentHostOptions
    {
        Models = ModelConfiguration.Create(
            new ModelSettings { Default = "acme/default", Providers = [new ProviderSettings { Name = "acme", BaseUrl = new Uri(baseUrl), MaxConcurrency = Width }] },
            static _ => null),
        ShareSlots = journal.ShareSlots,
    });

    private static AgentRequest Request(int number) => new()
    {
        RunId = "run",
        CallNumber = number,
        Prompt = $"Prompt {number}",
        Label = "label",
        Options = AgentOptions.None,
        Workspace = Path.GetTempPath(),
    };
}
