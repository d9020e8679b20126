using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Journal;

namespace McpWorkflows.Journal.Tests.Postgres;

public sealed class PostgresJournalContractTests : JournalContract
{
    private static readonly Lazy<Task<PostgresPlace>> Common = new(PostgresPlace.MakeAsync);

    private PostgresPlace? place;

    protected override async Task<IJournal> OpenAsync() => await (place ??= await PostgresPlace.EmptyAsync(Common)).OpenAsync();
}
