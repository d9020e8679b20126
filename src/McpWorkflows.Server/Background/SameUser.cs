using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace McpWorkflows.Server.Background;

/// <summary>Tells this user's processes from others'. Windows' pipes do it themselves.</summary>
internal static partial class SameUser
{
    /// <summary>The effective user id; empty on Windows, where the folder is the user's own.</summary>
    public static string Id => OperatingSystem.IsWindows() ? Environment.UserName : $"{GetEffectiveUserId()}";

    /// <summary>The process at the other end of a Unix domain socket runs as this one does.</summary>
    public static bool IsPeer(Socket socket)
    {
        // struct ucred { pid, uid, gid } on Linux (SOL_SOCKET, SO_PEERCRED); struct xucred { version, uid, … } on macOS
        // (SOL_LOCAL, LOCAL_PEERCRED). The user id stands second in both.
        Span<byte> credentials = stackalloc byte[128];
        var (level, option) = OperatingSystem.IsMacOS() ? (0, 1) : (1, 17);
        var length = socket.GetRawSocketOption(level, option, credentials);
        return length >= 8 && MemoryMarshal.Read<uint>(credentials[4..]) == GetEffectiveUserId();
    }

    /// <summary>The file or folder itself is this user's. The shell asks, since the system call's answer is laid out differently everywhere.</summary>
    public static bool Owns(string path)
    {
        if (OperatingSystem.IsWindows())
            return true;
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "[ -O \"$0\" ]", path]) { UseShellExecute = false })!;
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }

    /// <summary>Leaves the session of whoever started this process, so that what ends that does not end this.</summary>
    public static void LeaveSession()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetSessionId();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSessionId();
}
