using System.Runtime.InteropServices;

namespace McpWorkflows.Engine.ScriptProcesses.Confinement;

/// <summary>
/// System calls that a script process may not make, with their numbers on the two architectures; -1 where a call does not
/// exist. Sources: the kernel's <c>arch/x86/entry/syscalls/syscall_64.tbl</c> and <c>scripts/syscall.tbl</c>.
/// </summary>
internal static class LinuxCalls
{
    /// <summary>Network, new programs, other processes, names in the file system, the system itself.</summary>
    public static readonly IReadOnlyList<(string Name, int X64, int Arm64)> Denied =
    [
        ("socket", 41, 198), ("socketpair", 53, 199), ("connect", 42, 203), ("bind", 49, 200), ("listen", 50, 201), ("accept", 43, 202),
        ("accept4", 288, 242), ("sendto", 44, 206),
        ("fork", 57, -1), ("vfork", 58, -1), ("execve", 59, 221), ("execveat", 322, 281),
        ("ptrace", 101, 117), ("process_vm_readv", 310, 270), ("process_vm_writev", 311, 271), ("kill", 62, 129), ("tkill", 200, 130),
        ("pidfd_open", 434, 434), ("pidfd_send_signal", 424, 424), ("pidfd_getfd", 438, 438),
        ("creat", 85, -1), ("truncate", 76, 45), ("rename", 82, -1), ("renameat", 264, 38), ("renameat2", 316, 276), ("mkdir", 83, -1),
        ("mkdirat", 258, 34), ("rmdir", 84, -1), ("link", 86, -1), ("linkat", 265, 37), ("unlink", 87, -1), ("unlinkat", 263, 35),
        ("symlink", 88, -1), ("symlinkat", 266, 36), ("mknod", 133, -1), ("mknodat", 259, 33), ("chmod", 90, -1), ("fchmodat", 268, 53),
        ("chown", 92, -1), ("lchown", 94, -1), ("fchownat", 260, 54), ("name_to_handle_at", 303, 264), ("open_by_handle_at", 304, 265),
        ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41), ("chroot", 161, 51), ("unshare", 272, 97), ("setns", 308, 268),
        ("open_tree", 428, 428), ("move_mount", 429, 429), ("fsopen", 430, 430), ("mount_setattr", 442, 442),
        ("init_module", 175, 105), ("finit_module", 313, 273), ("kexec_load", 246, 104), ("bpf", 321, 280), ("perf_event_open", 298, 241),
        ("userfaultfd", 323, 282), ("io_uring_setup", 425, 425), ("io_setup", 206, 0), ("add_key", 248, 217), ("request_key", 249, 218),
        ("keyctl", 250, 219), ("shmget", 29, 194), ("msgget", 68, 186), ("semget", 64, 190),
    ];
}
