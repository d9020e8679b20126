using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal.Reading;

/// <summary>
/// The tables that displays read, with the columns they read; the schema itself is written by hand in Migrations.
/// </summary>
internal sealed class JournalContext(DbContextOptions<JournalContext> options) : DbContext(options)
{
    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<CallRow> Calls => Set<CallRow>();

    public DbSet<OutcomeRow> Outcomes => Set<OutcomeRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public static DbContextOptions<JournalContext> OptionsFor(string connectionString) =>
        new DbContextOptionsBuilder<JournalContext>()
            .UseSqlite(connectionString)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RunRow>().ToTable("Runs").HasKey(run => run.Key);
        modelBuilder.Entity<CallRow>().ToTable("Calls").HasKey(call => new { call.RunKey, call.Number });
        modelBuilder.Entity<OutcomeRow>().ToTable("Outcomes").HasKey(outcome => new { outcome.RunKey, outcome.Hash, outcome.Ordinal, outcome.Kind });
        modelBuilder.Entity<EventRow>().ToTable("Events").HasKey(row => new { row.RunKey, row.Sequence });
    }
}
