using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Leases;
using Microsoft.Win32.SafeHandles;

namespace McpWorkflows.Journal.Slots;

/// <summary>
/// Slots that are locks of the operating system. A process keeps the locks that its calls hand on to one another, so that one
/// that is alone pays for a slot once; it lets go of one when no call of its own waits, or when it has more than its share
/// and another wants one. A process that waits looks every few milliseconds.
/// </summary>
internal sealed class SharedSlots : IAgentSlots
{
    /// <value>10 ms</value>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly Lock gate = new();
    private readonly SlotFiles files;
    private readonly MachineClock clock;
    private readonly SafeFileHandle?[] held;
    private readonly Stack<int> taken = new();
    private readonly Stack<int> spare = new();
    private readonly ITimer timer;
    private SlotBoard? board;
    private SafeFileHandle? row;
    private Func<int> retry = static () => 0;
    private bool joined;
    private bool waiting;
    private bool disposed;
    private int probed;

    public SharedSlots(SlotFiles files, int width, TimeProvider timeProvider)
    {
        this.files = files;
        clock = new MachineClock(timeProvider);
        held = new SafeFileHandle?[Math.Min(width, SlotBoard.MaxSlots)];
        timer = timeProvider.CreateTimer(_ => Poll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private int Held => taken.Count + spare.Count;

    public void OnFree(Func<int> retry) => this.retry = retry;

    public bool TryTake()
    {
        lock (gate)
        {
            if (!Join())
            {
                return true;
            }

            if (spare.TryPop(out var slot) || TryLockFree(out slot))
            {
                taken.Push(slot);
                return true;
            }

            // With all slots in its own hands it will hear of a free one without asking around.
            if (!waiting && Held < held.Length)
            {
                waiting = true;
                board!.Want(Held + 1);
                timer.Change(Interval, Timeout.InfiniteTimeSpan);
            }

            return false;
        }
    }

    public void Release(int wanted)
    {
        lock (gate)
        {
            if (board is null || !taken.TryPop(out var slot))
            {
                return;
            }

            spare.Push(slot);
            if (wanted > 0)
            {
                board.Read();
            }

            if (wanted == 0 || Held > board.LimitOfMine(held.Length))
            {
                LetGo(spare.Pop());
            }
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            disposed = true;
            if (board is null)
            {
                return;
            }

            while (spare.TryPop(out var slot) || taken.TryPop(out slot))
            {
                LetGo(slot);
            }

            board.Want(0);
            board.Dispose();
            row!.Dispose();
            board = null;
        }
    }

    private bool Join()
    {
        if (!joined)
        {
            joined = true;
            (board, row) = files.TryJoin(() => unchecked((int)clock.Ms)) ?? default;
            board?.Read();
            for (var slot = 0; board is not null && slot < held.Length; slot++)
            {
                if (board.HolderOf(slot) == board.Me)
                {
                    // A dead process had this row before.
                    TryClear(slot);
                }
            }
        }

        return board is not null;
    }

    private void Poll()
    {
        var wanted = retry();
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            waiting = wanted > 0 && Held < held.Length;
            board!.Want(waiting ? Held + wanted : 0);
            if (waiting)
            {
                board.Read();
                ProbeNext();
                timer.Change(Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private bool TryLockFree(out int slot)
    {
        board!.Read();
        slot = -1;
        if (Held >= board.LimitOfMine(held.Length))
        {
            return false;
        }

        for (slot = 0; slot < held.Length; slot++)
        {
            if (held[slot] is null && board.HolderOf(slot) < 0 && TryLock(slot))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A dead process cannot take its name off the board. One slot each time, and all of those of a process that is found dead.</summary>
    private void ProbeNext()
    {
        for (var i = 0; i < held.Length; i++)
        {
            probed = (probed + 1) % held.Length;
            if (held[probed] is not null || board!.HolderOf(probed) is not (>= 0 and var holder))
            {
                continue;
            }

            if (!TryClear(probed))
            {
                return;
            }

            for (var slot = 0; slot < held.Length; slot++)
            {
                if (held[slot] is null && board.HolderOf(slot) == holder)
                {
                    TryClear(slot);
                }
            }

            return;
        }
    }

    /// <summary>Whoever is next to take it may: what is over one's share is not one's own for having found it.</summary>
    private bool TryClear(int slot)
    {
        if (!TryLock(slot))
        {
            return false;
        }

        LetGo(slot);
        return true;
    }

    private bool TryLock(int slot)
    {
        held[slot] = files.TryLockSlot(slot);
        if (held[slot] is null)
        {
            return false;
        }

        board!.Hold(slot);
        return true;
    }

    private void LetGo(int slot)
    {
        // In this order, so that the name of the next holder is not wiped out.
        board!.LetGo(slot);
        held[slot]!.Dispose();
        held[slot] = null;
    }
}
