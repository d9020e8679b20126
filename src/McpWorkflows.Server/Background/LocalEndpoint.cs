using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace McpWorkflows.Server.Background;

/// <summary>
/// Where the background server of one user and one journal is found: a Unix domain socket in a folder that only the user
/// may enter, on Windows a named pipe of the user's. Both ends check that the other is the same user.
/// </summary>
internal sealed class LocalEndpoint
{
    // What the operating systems allow for a socket's path, less the name of the file.
    private const int MaxFolder = 70;
    private const int Backlog = 256;

    private static readonly TimeSpan Relief = TimeSpan.FromMilliseconds(100);

    private LocalEndpoint(string folder, string name)
    {
        Folder = folder;
        Name = name;
    }

    public string Folder { get; }

    public string Name { get; }

    /// <summary>Held by the server while it lives.</summary>
    public string LockPath => Path.Combine(Folder, Name + ".lock");

    /// <summary>What the server says on stderr.</summary>
    public string LogPath => Path.Combine(Folder, Name + ".log");

    public string SocketPath => Path.Combine(Folder, Name + ".sock");

    /// <summary>Whether it is worth an attempt to connect.</summary>
    public bool MayExist => OperatingSystem.IsWindows() ? File.Exists(LockPath) : File.Exists(SocketPath);

    /// <param name="journal">Absolute path of the journal, or its address.</param>
    public static LocalEndpoint For(string journal)
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        string[] candidates =
        [
            string.IsNullOrEmpty(runtime) || !Path.IsPathRooted(runtime) ? "" : Path.Combine(runtime, "mcp-workflows"),
            data.Length == 0 ? "" : Path.Combine(data, "mcpworkflows", "run"),
        ];
        var folder = Array.Find(candidates, candidate => candidate.Length > 0 && (OperatingSystem.IsWindows() || Encoding.UTF8.GetByteCount(candidate) <= MaxFolder));
        return In(folder ?? Path.Combine(Path.GetTempPath(), $"mcp-workflows-{SameUser.Id}"), journal);
    }

    public static LocalEndpoint In(string folder, string journal) => new(folder, NameOf(journal));

    /// <summary>Makes the folder, for the user alone. Throws <see cref="UsageException"/> when somebody else has access to it.</summary>
    public void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder);
            return;
        }

        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const string Without = "Without --detach the server needs none.";
        try
        {
            Directory.CreateDirectory(Folder, OwnerOnly);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The folder {Folder} for the background server's socket cannot be made ({failure.Message.TrimEnd('.')}). Name another parent in XDG_RUNTIME_DIR. {Without}");
        }

        // Whoever made it first could have put links to other files under the names that are used here.
        if (new DirectoryInfo(Folder).LinkTarget is not null || !SameUser.Owns(Folder))
            throw new UsageException($"The folder {Folder} for the background server's socket belongs to another user, or is a link. Remove it, or name another parent in XDG_RUNTIME_DIR. {Without}");
        if (File.GetUnixFileMode(Folder) != OwnerOnly)
            throw new UsageException($"The folder {Folder} is open to others. Close it: chmod 700 {Folder}");
    }

    /// <summary>Null when no server listens there.</summary>
    public async Task<Stream?> TryConnectAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return await TryConnectPipeAsync(cancellationToken);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
            if (SameUser.IsPeer(socket))
                return new NetworkStream(socket, ownsSocket: true);
            socket.Dispose();
            throw new UsageException($"The background server at {SocketPath} belongs to another user. Remove that file.");
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Accepts connections of the same user until the token ends.</summary>
    public async Task ListenAsync(Func<Stream, Task> serve, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            await ListenPipeAsync(serve, cancellationToken);
            return;
        }

        // The lock says that no other server lives: what is there is what a dead one left.
        File.Delete(SocketPath);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        File.SetUnixFileMode(SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
        try
        {
            while (true)
            {
                if (await AcceptAsync(listener, cancellationToken) is { } stream)
                    _ = serve(stream);
            }
        }
        finally
        {
            File.Delete(SocketPath);
        }
    }

    // Null for strangers, and when the system has no room: runs must not end because somebody opens too many connections.
    private static async Task<Stream?> AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = await listener.AcceptAsync(cancellationToken);
            if (SameUser.IsPeer(socket))
                return new NetworkStream(socket, ownsSocket: true);
            socket.Dispose();
        }
        catch (SocketException)
        {
            socket?.Dispose();
            await Task.Delay(Relief, cancellationToken);
        }

        return null;
    }

    // FNV-1a: every start of a server asks for it, and the cryptographic library takes 15 ms to load.
    private static string NameOf(string journal)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var one in Encoding.UTF8.GetBytes(journal))
            hash = unchecked((hash ^ one) * 1_099_511_628_211);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    [SupportedOSPlatform("windows")]
    private async Task<Stream?> TryConnectPipeAsync(CancellationToken cancellationToken)
    {
        var pipe = new NamedPipeClientStream(".", $"mcp-workflows-{Name}", PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        try
        {
            await pipe.ConnectAsync(200, cancellationToken);
            return pipe;
        }
        catch (TimeoutException)
        {
            await pipe.DisposeAsync();
            return null;
        }
    }

    [SupportedOSPlatform("windows")]
    private async Task ListenPipeAsync(Func<Stream, Task> serve, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pipe = new NamedPipeServerStream(
                $"mcp-workflows-{Name}", PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte,
                PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            await pipe.WaitForConnectionAsync(cancellationToken);
            _ = serve(pipe);
        }
    }
}
