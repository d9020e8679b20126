namespace McpWorkflows.Journal.Leases;

/// <summary>When an owner last said that it lives.</summary>
/// <param name="Machine">As in <see cref="MachineClock.Machine"/>.</param>
/// <param name="LeaseMs">How long its leases last without a further beat.</param>
/// <param name="BeatMs">By its machine's clock.</param>
/// <param name="BeatTime">The same moment in ticks of UTC.</param>
internal readonly record struct Heartbeat(string Machine, long LeaseMs, long BeatMs, long BeatTime)
{
    public bool IsOver(MachineClock clock) => clock.Machine == Machine
        ? clock.Ms - BeatMs > LeaseMs
        : (clock.UtcTicks - BeatTime) / TimeSpan.TicksPerMillisecond > LeaseMs;
}
