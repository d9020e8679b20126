using Microsoft.EntityFrameworkCore;

namespace McpWorkflows.Journal.Reading;

/// <summary>The tables that are read through the model; the schema itself is written by hand in Migrations.</summary>
internal sealed class JournalContext(DbContextOptions<JournalContext> options) : DbContext(options)
{
    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<OwnerRow> Owners => Set<OwnerRow>();

    public static DbContextOptions<JournalContext> OptionsFor(string connectionString) =>
        new DbContextOptionsBuilder<JournalContext>()
            .UseSqlite(connectionString)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RunRow>().ToTable("Runs").HasKey(run => run.Key);
        modelBuilder.Entity<OwnerRow>().ToTable("Owners").Ignore(owner => owner.Heartbeat).HasKey(owner => owner.Name);
    }
}
