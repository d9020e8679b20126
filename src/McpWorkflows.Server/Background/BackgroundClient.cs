using System.Diagnostics;
using McpWorkflows.Journal;
using McpWorkflows.Server.Surface;

namespace McpWorkflows.Server.Background;

/// <summary>A stdio server's way to the background server: finds it or starts it, then passes bytes on in both directions.</summary>
internal sealed class BackgroundClient(LocalEndpoint endpoint, string journal, TimeProvider time, bool resumeInterrupted = false)
{
    // Clients give up on a server that is silent for ten seconds.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Relaunch = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// A connection that is MCP's from here on. When no server comes up it throws a <see cref="UsageException"/>, or, where none
    /// <paramref name="isRequired"/>, soon gives null.
    /// </summary>
    public async Task<Stream?> ConnectAsync(string workspace, string? model, SurfaceOptions surface, bool isRequired, CancellationToken cancellationToken)
    {
        var patience = isRequired ? StartPatience : JoinPatience;
        var started = time.GetTimestamp();
        long? launched = null;
        while (time.GetElapsedTime(started) < patience)
        {
            if (await endpoint.TryConnectAsync(cancellationToken) is { } stream)
            {
                if (await GreetAsync(stream, Hello(workspace, model, surface), cancellationToken) is { Replace: false } answer)
                {
                    Warn(answer);
                    return stream;
                }

                // It ends right now, being idle, of another release, or asked to.
                await stream.DisposeAsync();
            }
            else if (launched is null || time.GetElapsedTime(launched.Value) > Relaunch)
            {
                // Again, if need be: one that is ending still holds the lock, and turns the new one away.
                Launch();
                launched = time.GetTimestamp();
            }

            await Task.Delay(Retry, time, cancellationToken);
        }

        return !isRequired ? null : throw new UsageException($"The background server did not come up. {LastWords()} Without --detach the server needs none.");
    }

    /// <summary>One question to a running server; null when none runs.</summary>
    public async Task<GreetingAnswer?> AskAsync(string command, CancellationToken cancellationToken)
    {
        if (await endpoint.TryConnectAsync(cancellationToken) is not { } stream)
            return null;
        await using (stream)
            return await GreetAsync(stream, new Greeting { Command = command, Version = ProductVersion.Text }, cancellationToken);
    }

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

    private static async Task<GreetingAnswer?> GreetAsync(Stream stream, Greeting greeting, CancellationToken cancellationToken)
    {
        // One that is stopped, or busy beyond reason, must not hold up a client that can do without it.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerPatience);
        try
        {
            await Greeting.WriteAsync(stream, greeting, patience.Token);
            return await Greeting.ReadAnswerAsync(stream, patience.Token);
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
