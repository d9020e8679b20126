using System.Runtime.InteropServices;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>Columns and lines of the terminal that stderr is on, as they are now.</summary>
internal static partial class TerminalSize
{
    private const int StandardError = 2;
    private const nuint GetWindowSize = 0x5413;

    public static (int Width, int Height) Read() => (OperatingSystem.IsLinux() ? Ask() : Console()) is { Width: > 0, Height: > 0 } size ? size : (80, 24);

    // The runtime's own way looks at stdout, which may be a file, and sends sequences of its own to the terminal.
    private static (int Width, int Height) Ask() => Control(StandardError, GetWindowSize, out var size) == 0 ? (size.Columns, size.Rows) : (0, 0);

    private static (int Width, int Height) Console()
    {
        try
        {
            return (System.Console.WindowWidth, System.Console.WindowHeight);
        }
        catch (Exception failure) when (failure is IOException or PlatformNotSupportedException)
        {
            return (0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }
}
