using System.Diagnostics;
using McpWorkflows.Journal;
using McpWorkflows.Server.Surface;

namespace McpWorkflows.Server.Background;

/// <summary>A stdio server's way to the background server: finds it or starts it, then passes bytes on in both directions.</summary>
internal sealed class BackgroundClient(
    LocalEndpoint endpoint, string journal, BackgroundPatience patience, TimeProvider time, bool resumeInterrupted = false)
{
    private static readonly TimeSpan Relaunch = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// A connection that is MCP's from here on. When no server comes up it throws a <see cref="UsageException"/>, or, where none
    /// <paramref name="isRequired"/>, soon gives null.
    /// </summary>
    public async Task<Stream?> ConnectAsync(string workspace, string? model, SurfaceOptions surface, bool isRequired, CancellationToken cancellationToken)
    {
        var longest = isRequired ? patience.Start : patience.Join;
        var started = time.GetTimestamp();
        var (launched, again) = ((long?)null, Relaunch);
        while (longest - time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            if (await endpoint.TryConnectAsync(cancellationToken) is { } stream)
            {
                // A busy server answers late: to hang up and call again would only give it more to do.
                if (await GreetAsync(stream, Hello(workspace, model, surface), left, cancellationToken) is { Replace: false } answer)
                {
                    Warn(answer);
                    return stream;
                }

                // It ends right now, being idle, of another release, or asked to.
                await stream.DisposeAsync();
            }
            else if (launched is null || time.GetElapsedTime(launched.Value) > again)
            {
                // Again, if need be: one that is ending still holds the lock, and turns the new one away. Ever more seldom:
                // where processes start slowly, more of them make it worse.
                again = launched is null ? again : 2 * again;
                Launch();
                launched = time.GetTimestamp();
            }

            await Task.Delay(Retry, time, cancellationToken);
        }

        return !isRequired ? null : throw new UsageException($"The background server did not come up. {LastWords()} Without --detach the server needs none.");
    }

    /// <summary>Whether a server runs that answers soon enough for a client that can do without it.</summary>
    public async Task<bool> AnswersSoonAsync(CancellationToken cancellationToken) =>
        await AskAsync(Greeting.Status, patience.Probe, cancellationToken) is not null;

    /// <summary>One question to a running server; null when none answers.</summary>
    public Task<GreetingAnswer?> AskAsync(string command, CancellationToken cancellationToken) => AskAsync(command, patience.Question, cancellationToken);

    /// <summary>Passes bytes on until the client closes its end. False when the server went away first.</summary>
    public static async Task<bool> RelayAsync(Stream server, Stream input, Stream output, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var up = CopyAsync(input, server, ended.Token);
        var down = CopyAsync(server, output, ended.Token);
        var first = await Task.WhenAny(up, down);
        await ended.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == up;
    }

    private async Task<GreetingAnswer?> AskAsync(string command, TimeSpan longest, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (longest - time.GetElapsedTime(started) is { Ticks: > 0 } left && await endpoint.TryConnectAsync(cancellationToken) is { } stream)
        {
            await using (stream)
            {
                if (await GreetAsync(stream, new Greeting { Command = command, Version = ProductVersion.Text }, left, cancellationToken) is { } answer)
                    return answer;
            }

            // It ends right now, or has waited too long for the greeting of a process that got no time to send it.
            await Task.Delay(Retry, time, cancellationToken);
        }

        return null;
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await to.FlushAsync(cancellationToken);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone: the relay is over.
        }
    }

    private static void Warn(GreetingAnswer answer)
    {
        const string Remedy = "To use yours now: mcp-workflows background stop";
        if (answer.Differs.Count > 0)
            Console.Error.WriteLine($"warning: the background server was started with other settings ({string.Join(", ", answer.Differs)}). {Remedy}");
        if (answer.Version != ProductVersion.Text)
            Console.Error.WriteLine($"warning: the background server is of release {answer.Version}, this is {ProductVersion.Text}. It is replaced once it has no clients and no runs. {Remedy}");
    }

    private static async Task<GreetingAnswer?> GreetAsync(Stream stream, Greeting greeting, TimeSpan longest, CancellationToken cancellationToken)
    {
        // One that is stopped, or busy beyond reason, must not hold up a client for ever.
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(longest);
        try
        {
            await Greeting.WriteAsync(stream, greeting, waiting.Token);
            return await Greeting.ReadAnswerAsync(stream, waiting.Token);
        }
        catch (IOException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Greeting Hello(string workspace, string? model, SurfaceOptions surface) => new()
    {
        Command = Greeting.Serve,
        Version = ProductVersion.Text,
        Workspace = workspace,
        Model = model,
        ReadOnly = surface.ReadOnly,
        Tools = surface.Tools,
        Tasks = surface.Tasks,
        Environment = Greeting.ModelEnvironment(),
    };

    // Through a shell that ends at once, so that the server is nobody's child: hosts kill whole trees of processes.
    private void Launch()
    {
        endpoint.CreateFolder();
        var executable = Environment.ProcessPath!;
        string[] command = Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? [executable, typeof(BackgroundClient).Assembly.Location]
            : [executable];
        string[] arguments = [.. command, "background", "run", .. resumeInterrupted ? new[] { "--resume-interrupted" } : []];
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(arguments[0], arguments[1..]) { CreateNoWindow = true }
            : new ProcessStartInfo("/bin/sh", ["-c", "\"$@\" </dev/null >/dev/null 2>>\"$0\" &", endpoint.LogPath, .. arguments]);
        start.WorkingDirectory = Path.GetPathRoot(endpoint.Folder)!;
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;

        // Not among the arguments, which everybody on the machine can read: an address may hold a password.
        start.Environment[JournalPath.Variable] = journal;
        if (!OperatingSystem.IsWindows())
            File.Delete(endpoint.LogPath);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        if (!OperatingSystem.IsWindows())
            process.WaitForExit();
    }

    private string LastWords()
    {
        try
        {
            return File.ReadLines(endpoint.LogPath).LastOrDefault(line => line.Length > 0) is { } line ? $"It said: {line}" : "It said nothing.";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
