using Microsoft.Win32.SafeHandles;

namespace McpWorkflows.Journal.Slots;

/// <summary>
/// The files beside the journal that processes lock: one for each slot, and one for each process's row on the board. The
/// operating system releases the locks of a process that dies. The files stay, so that nobody locks a deleted one.
/// </summary>
internal sealed class SlotFiles(string folder)
{
    /// <summary>Null when the folder does not allow it.</summary>
    public (SlotBoard Board, SafeFileHandle Row)? TryJoin(MachineClockReader clock)
    {
        try
        {
            Directory.CreateDirectory(folder);
            for (var row = 0; row < SlotBoard.MaxRows; row++)
            {
                if (TryLock($"process-{row}") is { } held)
                {
                    var file = File.OpenHandle(
                        Path.Combine(folder, "board"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                    return (new SlotBoard(file, clock, row), held);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A journal whose folder takes no more files still works, alone.
        }

        return null;
    }

    /// <summary>Null when another holds it.</summary>
    public SafeFileHandle? TryLockSlot(int slot) => TryLock($"slot-{slot}");

    private SafeFileHandle? TryLock(string name)
    {
        try
        {
            return File.OpenHandle(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
