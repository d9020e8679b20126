using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal.Reading;

/// <summary>
/// What is read through the model: selections that differ with every request. Building it takes longer than opening a journal and
/// writing a run to it, so whatever a person or a run waits for goes by plain commands. The schema is written by hand in Migrations.
/// </summary>
internal sealed class JournalContext(DbContextOptions<JournalContext> options) : DbContext(options)
{
    public DbSet<RunRow> Runs => Set<RunRow>();

    public static DbContextOptions<JournalContext> Over(DbContextOptionsBuilder<JournalContext> database) =>
        database.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var run = modelBuilder.Entity<RunRow>().ToTable("runs");
        run.HasKey(row => row.Key);
        foreach (var property in run.Metadata.GetProperties())
        {
            // Names in SQL that is written by hand are spelled without quotes, which PostgreSQL takes for lower case; SQLite does not mind.
            property.SetColumnName(property.Name.ToLowerInvariant());
        }
    }
}
