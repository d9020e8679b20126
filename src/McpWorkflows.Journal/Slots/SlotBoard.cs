using Microsoft.Win32.SafeHandles;

namespace McpWorkflows.Journal.Slots;

/// <summary>
/// What the processes tell one another about their slots: a small file of numbers, read and written in the page cache.
/// Hints only; who holds a slot is decided by its lock.
/// </summary>
internal sealed class SlotBoard(SafeFileHandle file, MachineClockReader clock, int me) : IDisposable
{
    public const int MaxSlots = 256;
    public const int MaxRows = 64;

    /// <summary>Whoever waits says so every few milliseconds; one that has not for this long is suspended or dead.</summary>
    private const int FreshMs = 1_000;

    private readonly byte[] bytes = new byte[(MaxSlots + (MaxRows * 2)) * sizeof(int)];

    /// <summary>This process's row.</summary>
    public int Me => me;

    /// <summary>Takes a fresh look.</summary>
    public void Read()
    {
        var length = RandomAccess.Read(file, bytes, 0);
        bytes.AsSpan(length).Clear();
    }

    /// <summary>The row of the process that holds the slot; -1 for none.</summary>
    public int HolderOf(int slot) => At(slot) - 1;

    public void Hold(int slot) => Write(slot, me + 1);

    public void LetGo(int slot) => Write(slot, 0);

    /// <summary>How many slots this process would hold if it had all it wants; 0 for no more than it has.</summary>
    public void Want(int slots)
    {
        Write(RowAt(me) + 1, clock());
        Write(RowAt(me), slots);
    }

    /// <summary>
    /// How many slots this process may hold: all, unless another has fewer than its share and wants more. Then all that are
    /// busy have equal shares, and the first of them what is left over.
    /// </summary>
    public int LimitOfMine(int width)
    {
        Span<int> held = stackalloc int[MaxRows];
        for (var slot = 0; slot < width; slot++)
        {
            var holder = HolderOf(slot);
            if ((uint)holder < MaxRows)
            {
                held[holder]++;
            }
        }

        var (busy, before, starving) = (1, 0, false);
        for (var row = 0; row < MaxRows; row++)
        {
            var starves = IsStarving(row, held[row]);
            if (row == me || (held[row] == 0 && !starves))
            {
                continue;
            }

            busy++;
            before += row < me ? 1 : 0;
            starving |= starves;
        }

        return starving ? Math.Max(1, (width / busy) + (before < width % busy ? 1 : 0)) : width;
    }

    public void Dispose() => file.Dispose();

    private static int RowAt(int row) => MaxSlots + (row * 2);

    private bool IsStarving(int row, int held)
    {
        var wanted = At(RowAt(row));
        return wanted > held && unchecked((uint)(clock() - At(RowAt(row) + 1))) < FreshMs;
    }

    private int At(int index) => BitConverter.ToInt32(bytes, index * sizeof(int));

    private void Write(int index, int value)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(number, value);
        number.CopyTo(bytes.AsSpan(index * sizeof(int)));
        RandomAccess.Write(file, number, index * sizeof(int));
    }
}

/// <summary>Milliseconds by a clock that all processes of the machine share; wraps around.</summary>
internal delegate int MachineClockReader();
