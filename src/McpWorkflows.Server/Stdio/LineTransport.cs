using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Stdio;

/// <summary>
/// The protocol's stdio transport, messages as lines of a stream, with bounds on what the other end can make this process
/// hold: a line beyond the limit is dropped as it arrives and answered with an error, and while answers pile up because
/// nobody reads them nothing more is read either.
/// </summary>
internal sealed partial class LineTransport : ITransport
{
    /// <summary>The largest script in its widest encoding, and arguments.</summary>
    public const int MaxLineBytes = Http.HttpOptions.DefaultMaxRequestBytes;

    private const int MaxUnsent = 64;
    private const int MaxUnhandled = 16;

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly Stream input;
    private readonly Stream output;
    private readonly ILogger logger;
    private readonly Channel<JsonRpcMessage> received = Channel.CreateBounded<JsonRpcMessage>(new BoundedChannelOptions(MaxUnhandled) { SingleWriter = true });
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource ended = new();
    private int unsent;

    /// <summary>Begins to read; the streams stay their owner's.</summary>
    public LineTransport(Stream input, Stream output, ILoggerFactory loggers)
    {
        this.input = input;
        this.output = output;
        logger = loggers.CreateLogger("transport");
        _ = Task.Run(() => ReadAsync(ended.Token));
    }

    public string? SessionId => null;

    public ChannelReader<JsonRpcMessage> MessageReader => received.Reader;

    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        // Whoever does not read can ask for all that notifications tell; answers alone must not get lost.
        if (message is JsonRpcNotification && Volatile.Read(ref unsent) >= MaxUnsent)
            return;
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(message, MessageType), (byte)'\n'];
        Interlocked.Increment(ref unsent);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
            await sending.WaitAsync(patience.Token);
            try
            {
                // Not the caller's token: half a line would spoil all that follows.
                await output.WriteAsync(line, ended.Token);
                await output.FlushAsync(ended.Token);
            }
            finally
            {
                sending.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref unsent);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        received.Writer.TryComplete();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var line = new BoundedLine(MaxLineBytes);
        var buffer = new byte[64 * 1024];
        try
        {
            // A console's stream knows no cancellation: the wait for it is given up instead.
            for (int read; (read = await input.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken)) > 0;)
            {
                var rest = buffer.AsMemory(0, read);
                for (int end; (end = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
                {
                    line.Append(rest.Span[..end]);
                    await TakeAsync(line, cancellationToken);
                    line.Clear();
                }

                line.Append(rest.Span);
            }

            await TakeAsync(line, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The other end is gone, or this one ends.
        }
        finally
        {
            received.Writer.TryComplete();
        }
    }

    private async Task TakeAsync(BoundedLine line, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref unsent) >= MaxUnsent)
        {
            // Behind those who wait to send.
            await sending.WaitAsync(cancellationToken);
            sending.Release();
        }

        if (line.IsTooLong)
        {
            LogRefused($"{line.Length:N0} bytes are more than {MaxLineBytes:N0}");
            await RefuseAsync(line, McpErrorCode.InvalidRequest, $"The message has {line.Length:N0} bytes; {MaxLineBytes:N0} is the most. Pass a file's path instead of its text.", cancellationToken);
        }
        else if (!IsBlank(line.Bytes))
        {
            await ParseAsync(line, cancellationToken);
        }
    }

    private async Task ParseAsync(BoundedLine line, CancellationToken cancellationToken)
    {
        JsonRpcMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(line.Bytes, MessageType);
        }
        catch (JsonException fault)
        {
            LogRefused(fault.LineNumber is null ? "no JSON-RPC message" : $"no JSON from byte {fault.BytePositionInLine + 1} on, or nested too deeply there");
            await RefuseAsync(line, McpErrorCode.ParseError, "The message is not valid JSON-RPC, or nested more than 64 levels deep.", cancellationToken);
            return;
        }

        if (message is null)
            LogRefused("null");
        else
            await received.Writer.WriteAsync(message, cancellationToken);
    }

    private Task RefuseAsync(BoundedLine line, McpErrorCode code, string message, CancellationToken cancellationToken) =>
        line.RequestId() is { } id
            ? SendMessageAsync(new JsonRpcError { Id = id, Error = new JsonRpcErrorDetail { Code = (int)code, Message = message } }, cancellationToken)
            : Task.CompletedTask;

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;

    [LoggerMessage(Level = LogLevel.Warning, Message = "A line of the client's was dropped: {Cause}.")]
    private partial void LogRefused(string cause);
}
