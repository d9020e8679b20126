using System.Runtime.InteropServices;

namespace McpWorkflows.Engine.ScriptProcesses.Confinement;

/// <summary>
/// Takes system calls away from this process, all its threads included, for good (Linux, seccomp(2)). A denied call fails
/// with EPERM, as if the user had no right to it.
/// </summary>
internal static class SeccompFilter
{
    private const uint Allow = 0x7FFF0000;
    private const uint DenyEperm = 0x00050000 | 1;
    private const uint DenyEnosys = 0x00050000 | 38;

    // Classic BPF: load a word of seccomp_data, compare, return.
    private const ushort Load = 0x20;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpSet = 0x45;
    private const ushort JumpAbove = 0x35;
    private const ushort Return = 0x06;

    private const uint NumberAt = 0;
    private const uint ArchitectureAt = 4;
    private const uint FirstArgumentAt = 16;

    private const int SetNoNewPrivileges = 38;
    private const int SetModeFilter = 1;
    private const int AllThreads = 1;

    private const uint NewThread = 0x00010000;
    private const uint X32Bit = 0x40000000;

    /// <summary>Not write-only, not read-write, not created, not cut, not nameless.</summary>
    private const uint ToWrite = 0x3 | 0x40 | 0x200 | 0x400000;

    /// <summary>False where the system has no such filters or this architecture is not known.</summary>
    public static bool TryApply()
    {
        if (Build() is not { } filter || prctl(SetNoNewPrivileges, 1, 0, 0, 0) != 0)
        {
            return false;
        }

        var pinned = GCHandle.Alloc(filter, GCHandleType.Pinned);
        try
        {
            var program = new FilterProgram { Length = (ushort)filter.Length, Instructions = pinned.AddrOfPinnedObject() };
            var seccomp = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 317 : 277;
            return syscall(seccomp, SetModeFilter, AllThreads, ref program) == 0;
        }
        finally
        {
            pinned.Free();
        }
    }

    private static Instruction[]? Build()
    {
        var (architecture, isX64) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => (0xC000003Eu, true),
            Architecture.Arm64 => (0xC00000B7u, false),
            _ => (0u, false),
        };
        if (architecture == 0)
        {
            return null;
        }

        List<Instruction> filter =
        [
            new(Load, ArchitectureAt),
            new(JumpEqual, architecture, ifTrue: 1),
            new(Return, DenyEperm),
            new(Load, NumberAt),
        ];
        if (isX64)
        {
            filter.AddRange([new(JumpAbove, X32Bit, ifFalse: 1), new(Return, DenyEnosys)]);
            OpenToRead(filter, 2, FirstArgumentAt + 8);
        }

        OpenToRead(filter, isX64 ? 257u : 56u, FirstArgumentAt + 16);

        // The C library falls back to the older calls, whose flags a filter can read.
        filter.AddRange([new(JumpEqual, 437, ifFalse: 1), new(Return, DenyEnosys)]);
        filter.AddRange([new(JumpEqual, 435, ifFalse: 1), new(Return, DenyEnosys)]);

        // clone: threads, no processes.
        filter.AddRange(
        [
            new(JumpEqual, isX64 ? 56u : 220u, ifFalse: 4),
            new(Load, FirstArgumentAt),
            new(JumpSet, NewThread, ifFalse: 1),
            new(Return, Allow),
            new(Return, DenyEperm),
        ]);

        // tgkill: the runtime's own threads.
        filter.AddRange(
        [
            new(JumpEqual, isX64 ? 234u : 131u, ifFalse: 4),
            new(Load, FirstArgumentAt),
            new(JumpEqual, (uint)Environment.ProcessId, ifFalse: 1),
            new(Return, Allow),
            new(Return, DenyEperm),
        ]);
        foreach (var (_, x64, arm64) in LinuxCalls.Denied)
        {
            if ((isX64 ? x64 : arm64) is var number and >= 0)
            {
                filter.AddRange([new(JumpEqual, (uint)number, ifFalse: 1), new(Return, DenyEperm)]);
            }
        }

        filter.Add(new(Return, Allow));
        return [.. filter];
    }

    private static void OpenToRead(List<Instruction> filter, uint number, uint flagsAt) => filter.AddRange(
    [
        new(JumpEqual, number, ifFalse: 4),
        new(Load, flagsAt),
        new(JumpSet, ToWrite, ifFalse: 1),
        new(Return, DenyEperm),
        new(Return, Allow),
    ]);

    [DllImport("libc")]
    private static extern int prctl(int option, nint a, nint b, nint c, nint d);

    [DllImport("libc")]
    private static extern nint syscall(nint number, nint operation, nint flags, ref FilterProgram program);

    /// <summary><c>struct sock_filter</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, uint operand, byte ifTrue = 0, byte ifFalse = 0)
    {
        public readonly ushort Code = code;
        public readonly byte IfTrue = ifTrue;
        public readonly byte IfFalse = ifFalse;
        public readonly uint Operand = operand;
    }

    /// <summary><c>struct sock_fprog</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public nint Instructions;
    }
}
