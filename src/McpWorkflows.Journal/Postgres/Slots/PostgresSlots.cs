using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Postgres.Slots;

/// <summary>
/// A block of a pool's slots, leased from the database and used from memory. The keeper asks for more where calls wait, renews
/// the lease, and gives back what is over one's share while others want some, or what nothing waits for. By the holder's own
/// clock the block lapses first, so that a process cut off from the database starts nothing more; what is in flight then is
/// counted again as soon as the database hears of it.
/// </summary>
/// <param name="owner">No other block has that name.</param>
internal sealed class PostgresSlots(SlotKeeper keeper, string pool, string owner, int width, SlotTerms terms, SlotClock clock) : IAgentSlots
{
    private readonly Lock gate = new();
    private Func<int> retry = static () => 0;
    private SlotMoment leased;
    private SlotMoment looked;
    private SlotMoment idle;
    private SlotLook? look;
    private long turn;
    private int used;
    private int held;
    private int given;
    private int waiting;
    private int toldHeld;
    private int toldWanted;
    private bool isLeased;
    private bool refused;
    private bool inVain;
    private bool disposed;

    public string Pool => pool;

    public string Owner => owner;

    public int Width => width;

    /// <summary>Nothing more is to be said of it.</summary>
    public bool IsOver
    {
        get
        {
            lock (gate)
                return disposed && !isLeased;
        }
    }

    public void OnFree(Func<int> retry) => this.retry = retry;

    public bool TryTake()
    {
        lock (gate)
        {
            if (held > used && IsUsable(clock.Now))
            {
                used++;
                return true;
            }

            if (refused || disposed)
            {
                return false;
            }

            refused = true;
        }

        keeper.Wake();
        return false;
    }

    public void Release(int wanted)
    {
        lock (gate)
        {
            if (used == 0)
            {
                return;
            }

            used--;
            waiting = wanted;
            idle = clock.Now;
            if (wanted > 0)
            {
                if (look is not { } seen || held <= used || (held <= seen.Limit && seen.Free >= 0))
                {
                    return;
                }

                held--;
                given++;
            }
        }

        keeper.Wake();
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            (used, held, waiting, refused) = (0, 0, 0, false);
        }

        keeper.Wake();
    }

    /// <summary>Lets those who were refused try again, and learns how many of them there are.</summary>
    public void AskAgain()
    {
        lock (gate)
        {
            if (!refused)
            {
                return;
            }

            refused = false;
        }

        var more = retry();
        lock (gate)
        {
            waiting = more;
            refused |= more > 0;
        }
    }

    /// <summary>What has to be said or asked now; null for nothing.</summary>
    public SlotStep? Next(SlotMoment now)
    {
        lock (gate)
        {
            var more = refused ? Math.Max(1, waiting) : 0;
            if (!IsUsable(now) || (more == 0 && (IsPast(idle, terms.Linger, now) || look?.Others > 0)))
            {
                // Never up: what is in flight beyond the block has to be claimed first.
                held = Math.Min(held, used);
            }

            var wanted = Math.Min(used + more, width);
            SlotStepKind? kind = (used + more, isLeased) switch
            {
                (0, true) when held == 0 => SlotStepKind.Leave,
                (0, false) => null,
                (_, false) => SlotStepKind.Grow,
                _ when used > held || !IsUsable(now) => SlotStepKind.Grow,
                _ when wanted > held && look is { Free: > 0 } seen && seen.Limit > held && !inVain => SlotStepKind.Grow,
                _ when held < toldHeld || (wanted > held) != (toldWanted > toldHeld) || IsPast(leased, terms.Beat, now) => SlotStepKind.Keep,
                _ when wanted > held && IsPast(looked, terms.PollAmong(look?.Others ?? 0), now) => SlotStepKind.Look,
                _ => null,
            };
            if (kind is not { } step)
            {
                return null;
            }

            given = 0;
            return new SlotStep(this, step, ++turn, used, Math.Max(held, used), Math.Max(wanted, held));
        }
    }

    /// <summary>When there will be something to say, if nothing happens; infinite for never.</summary>
    public TimeSpan Due(SlotMoment now)
    {
        lock (gate)
        {
            if (!isLeased)
            {
                return Timeout.InfiniteTimeSpan;
            }

            var due = terms.Beat - clock.Between(leased, now);
            if (held > used && waiting == 0)
            {
                due = Min(due, terms.Linger - clock.Between(idle, now));
            }

            if (refused)
            {
                due = Min(due, terms.PollAmong(look?.Others ?? 0) - clock.Between(looked, now));
            }

            return due < TimeSpan.Zero ? TimeSpan.Zero : due;
        }
    }

    /// <summary>Takes in what came of a step that was sent at that moment.</summary>
    public void Learn(SlotStep step, SlotAnswer answer, SlotMoment sent)
    {
        lock (gate)
        {
            (look, looked) = (answer.Look, sent);
            inVain = step.Kind == SlotStepKind.Grow && answer.Held <= step.Held;
            if (step.Kind == SlotStepKind.Look)
            {
                return;
            }

            isLeased = answer.Held is not null;
            if (answer.Held is not { } granted)
            {
                (held, toldHeld) = (0, 0);
                return;
            }

            leased = sent;
            held = (int)granted - given;

            // What was in flight when the block lapsed is counted even where others have its slots: those are not used again.
            if (held > used && answer.Look is { Free: < 0 } over)
            {
                held = (int)Math.Max(used, held + over.Free);
            }

            (toldHeld, toldWanted) = ((int)granted, step.Wanted);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private bool IsUsable(SlotMoment now) => isLeased && clock.Between(leased, now) < terms.Use;

    private bool IsPast(SlotMoment since, TimeSpan time, SlotMoment now) => clock.Between(since, now) >= time;
}
