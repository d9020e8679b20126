using System.ComponentModel;
using System.Diagnostics;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>
/// Gives the terminal back when this process is killed and cannot do so itself: a shell that waits at the end of a pipe, and
/// at its end without a word sends the terminal what it was given.
/// </summary>
internal sealed class ScreenGuard : IDisposable
{
    // The keys that end or stop this process reach the whole job; the guard has to outlive them.
    private const string Script = "trap '' INT QUIT TSTP TTOU HUP TERM; read -r _ || printf %s \"$0\" >/dev/tty";

    private readonly Process shell;

    private ScreenGuard(Process shell) => this.shell = shell;

    /// <summary>Null where there is no shell.</summary>
    /// <param name="farewell">What brings the terminal back to what it was.</param>
    public static ScreenGuard? TryStart(string farewell)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", Script, farewell },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start) is { } shell ? new ScreenGuard(shell) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            shell.StandardInput.WriteLine();
            shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // Somebody ended it: there is nobody left to be told.
        }

        shell.Dispose();
    }
}
