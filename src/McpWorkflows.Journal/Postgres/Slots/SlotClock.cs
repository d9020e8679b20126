namespace McpWorkflows.Journal.Postgres.Slots;

/// <summary>
/// Time that has passed, by the clock that nobody sets or by the time of day, whichever says more: the one stands still while
/// the machine sleeps, the other may be set. Too long does no harm to a lease.
/// </summary>
internal sealed class SlotClock(TimeProvider time)
{
    public SlotMoment Now => new(time.GetTimestamp(), time.GetUtcNow().UtcTicks);

    public TimeSpan Between(SlotMoment from, SlotMoment to)
    {
        var steady = time.GetElapsedTime(from.Timestamp, to.Timestamp);
        var day = new TimeSpan(to.UtcTicks - from.UtcTicks);
        return steady > day ? steady : day;
    }
}

/// <summary>A moment by two clocks.</summary>
internal readonly record struct SlotMoment(long Timestamp, long UtcTicks);
