using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using McpWorkflows.Server.Tests.Processes;
using Microsoft.Win32.SafeHandles;

namespace McpWorkflows.Server.Tests.CommandLine.Live;

/// <summary>A real pseudo terminal with the executable on it as its controlling process; what it writes is shown on a screen.</summary>
internal sealed class PseudoTerminal : IAsyncDisposable
{
    private const int ReadWriteNoControl = 0x2 | 0x100;
    private const nuint SetWindowSize = 0x5414;

    private static readonly TimeSpan Patience = ServerProcess.Timeout;

    private readonly FileStream master;
    private readonly SafeFileHandle handle;
    private readonly Process process;
    private readonly Task reading;
    private readonly Lock gate = new();
    private readonly StringBuilder everything = new();

    private PseudoTerminal(SafeFileHandle handle, Process process, VirtualScreen screen)
    {
        this.handle = handle;
        this.process = process;
        Screen = screen;
        master = new FileStream(handle, FileAccess.ReadWrite, 1, isAsync: false);
        reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    public VirtualScreen Screen { get; }

    /// <summary>All bytes that came, sequences included.</summary>
    public string Everything
    {
        get
        {
            lock (gate)
                return everything.ToString();
        }
    }

    public static string? Missing => !OperatingSystem.IsLinux() ? "Needs a pseudo terminal as Linux has it."
        : !File.Exists("/usr/bin/setsid") ? "Needs setsid, which gives a process its terminal." : null;

    /// <param name="output">Where stdout goes; null for the terminal.</param>
    public static PseudoTerminal Start(string folder, IReadOnlyDictionary<string, string> environment, int width, int height, string? output, params string[] arguments) =>
        Start(folder, environment, width, height, path => $"exec \"$0\" \"$@\" <{path} >{output ?? path} 2>{path}", arguments);

    /// <summary>As people run it: from a shell, which keeps the terminal, and says <c>back</c> once somebody presses Enter.</summary>
    public static PseudoTerminal StartFromShell(string folder, IReadOnlyDictionary<string, string> environment, int width, int height, params string[] arguments) =>
        Start(folder, environment, width, height, path => $"exec <{path} >{path} 2>{path}; \"$0\" \"$@\"; read -r _; echo back", arguments);

    private static PseudoTerminal Start(
        string folder, IReadOnlyDictionary<string, string> environment, int width, int height, Func<string, string> shell, string[] arguments)
    {
        var file = posix_openpt(ReadWriteNoControl);
        Assert.True(file >= 0 && grantpt(file) == 0 && unlockpt(file) == 0, "No pseudo terminal is to be had.");
        var name = new byte[128];
        Assert.Equal(0, ptsname_r(file, name, name.Length));
        var path = Encoding.UTF8.GetString(name.AsSpan(0, Array.IndexOf(name, (byte)0)));
        var size = new WindowSize { Rows = (ushort)height, Columns = (ushort)width };
        Assert.Equal(0, ioctl(file, SetWindowSize, ref size));
        var start = new ProcessStartInfo("/usr/bin/setsid") { WorkingDirectory = folder, UseShellExecute = false };
        // The terminal that the first process of a session opens becomes its controlling one; then the executable takes the shell's place.
        foreach (var word in new[] { "sh", "-c", shell(path), ServerProcess.Executable }.Concat(arguments))
            start.ArgumentList.Add(word);
        foreach (var inherited in start.Environment.Keys.Where(key => key is not ("PATH" or "DOTNET_ROOT" or "DOTNET_CLI_HOME")).ToList())
            start.Environment.Remove(inherited);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        start.Environment.TryAdd("TERM", "xterm-256color");
        return new PseudoTerminal(new SafeFileHandle(file, ownsHandle: true), Process.Start(start)!, new VirtualScreen(width, height));
    }

    public void Resize(int width, int height)
    {
        var size = new WindowSize { Rows = (ushort)height, Columns = (ushort)width };
        lock (gate)
        {
            Screen.Resize(width, height);
            Assert.Equal(0, ioctl((int)handle.DangerousGetHandle(), SetWindowSize, ref size));
        }
    }

    public void Type(string keys)
    {
        var bytes = Encoding.UTF8.GetBytes(keys);
        master.Write(bytes);
        master.Flush();
    }

    /// <summary>Kills the executable that the shell runs, as an out-of-memory killer does.</summary>
    public void KillChild()
    {
        var child = File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        Assert.Equal(0, kill(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture), 9));
    }

    /// <summary>Lets a stopped process go on, as a shell's <c>fg</c> does.</summary>
    public void GoOn()
    {
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{process.Id}/stat").Contains(") T ", StringComparison.Ordinal), Patience), "The process did not stop.");
        Assert.Equal(0, kill(process.Id, 18));
    }

    /// <summary>Waits until the screen is as wanted, between two frames; the message shows what it was.</summary>
    public async Task<string> WaitAsync(Func<VirtualScreen, bool> isThere)
    {
        var end = Stopwatch.StartNew();
        while (end.Elapsed < Patience)
        {
            lock (gate)
            {
                if (!Screen.IsInFrame && isThere(Screen))
                    return Screen.ToString();
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"The screen never became so. It was:\n{Screen}\nand all that came:\n{Everything.Replace("\u001b", "␛", StringComparison.Ordinal)}");
    }

    /// <summary>The exit code, when everything has been read.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(ServerProcess.Timeout);
        await process.WaitForExitAsync(patience.Token);
        await reading.WaitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await reading.ContinueWith(_ => { }, TaskScheduler.Default);
        await master.DisposeAsync();
        process.Dispose();
    }

    private void Read()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[4096];
        var letters = new char[4096];
        try
        {
            for (int read; (read = RandomAccessRead(bytes)) > 0;)
            {
                var count = decoder.GetChars(bytes, 0, read, letters, 0);
                lock (gate)
                {
                    everything.Append(letters, 0, count);
                    Screen.Write(letters.AsSpan(0, count));
                }
            }
        }
        catch (IOException)
        {
            // The kernel's way to say that nobody has the terminal open any more.
        }
    }

    private int RandomAccessRead(byte[] bytes) => master.Read(bytes, 0, bytes.Length);

#pragma warning disable SYSLIB1054, CA2101 // A test project needs no generated glue for six calls.
    [DllImport("libc", SetLastError = true)]
    private static extern int posix_openpt(int flags);

    [DllImport("libc")]
    private static extern int kill(int process, int signal);

    [DllImport("libc")]
    private static extern int grantpt(int file);

    [DllImport("libc")]
    private static extern int unlockpt(int file);

    [DllImport("libc")]
    private static extern int ptsname_r(int file, byte[] name, nint length);

    [DllImport("libc")]
    private static extern int ioctl(int file, nuint request, ref WindowSize size);
#pragma warning restore SYSLIB1054, CA2101

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }
}
