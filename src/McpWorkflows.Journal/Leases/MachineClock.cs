namespace McpWorkflows.Journal.Leases;

/// <summary>
/// The clock by which heartbeats are written and judged. Processes of one machine share a clock that nobody sets and that
/// stands still while the machine sleeps; between machines there is only the time of day.
/// </summary>
internal sealed class MachineClock(TimeProvider timeProvider)
{
    /// <summary>Names the machine and, where the system tells it, the time since which it has been up.</summary>
    public string Machine { get; } = ReadMachine();

    /// <summary>Milliseconds since some moment, the same for all processes of the machine.</summary>
    public long Ms => (long)(timeProvider.GetTimestamp() * 1_000.0 / timeProvider.TimestampFrequency);

    public long UtcTicks => timeProvider.GetUtcNow().UtcTicks;

    private static string ReadMachine()
    {
        const string BootId = "/proc/sys/kernel/random/boot_id";
        try
        {
            return File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : Environment.MachineName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }
}
