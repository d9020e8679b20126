using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Testing.Models;

/// <summary>Puts a reply on the wire, faults included.</summary>
internal static class ReplyWriter
{
    private static readonly byte[] Garbage = [0xff, 0xfe, 0x00, 0x80, .. "<html>\r\n502 ¿gateway?\r\n"u8, 0x00, 0xc3, 0x28];

    /// <param name="leave">
    /// Told before the last bytes go out: a client that has them may send its next call, and must not be counted twice.
    /// </param>
    public static async Task WriteAsync(HttpContext context, ModelCall call, ModelReply reply, Action leave, CancellationToken cancellationToken)
    {
        if (reply.Delay > TimeSpan.Zero)
        {
            await Task.Delay(reply.Delay, cancellationToken);
        }

        if (reply.Fault == ReplyFault.Hang)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (reply.Status != StatusCodes.Status200OK)
        {
            leave();
            await WireFormat.WriteErrorAsync(context.Response, reply, cancellationToken, call.IsAnthropic);
            return;
        }

        var streams = call.Streams && !reply.Unstreamed;
        context.Response.ContentType = streams ? "text/event-stream" : "application/json";
        if (reply.Fault == ReplyFault.Garbage)
        {
            leave();
            await context.Response.Body.WriteAsync(Garbage, cancellationToken);
            return;
        }

        List<byte[]> parts = (streams, call.IsAnthropic) switch
        {
            (true, false) => [.. WireFormat.Chunks(call, reply)],
            (true, true) => [.. AnthropicWire.Chunks(call, reply)],
            (false, false) => Halve(WireFormat.Completion(call, reply)),
            (false, true) => Halve(AnthropicWire.Completion(call, reply)),
        };
        for (var ping = 0; ping < reply.Pings; ping++)
        {
            await (reply.Pace?.Invoke(cancellationToken) ?? Task.CompletedTask);
            await context.Response.Body.WriteAsync(call.IsAnthropic ? AnthropicWire.Ping() : ": keep-alive\n\n"u8.ToArray(), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }

        var end = !streams ? [] : call.IsAnthropic ? AnthropicWire.End(call, reply) : WireFormat.End(call, reply);
        if (reply.Fault == ReplyFault.None)
        {
            await WriteAllAsync(context.Response, reply, parts, end, leave, cancellationToken);
            return;
        }

        await WriteFaultyAsync(context, call, reply, parts, leave, cancellationToken);
    }

    private static async Task WriteAllAsync(
        HttpResponse response, ModelReply reply, List<byte[]> parts, byte[] end, Action leave, CancellationToken cancellationToken)
    {
        if (reply.Whole)
        {
            leave();
            await response.Body.WriteAsync(parts.SelectMany(part => part).Concat(end).ToArray(), cancellationToken);
            return;
        }

        for (var index = 0; index < parts.Count; index++)
        {
            if (end.Length == 0 && index == parts.Count - 1)
            {
                leave();
            }

            await WritePartAsync(response, reply, parts[index], cancellationToken);
        }

        leave();
        await WritePartAsync(response, reply, end, cancellationToken);
    }

    private static async Task WriteFaultyAsync(
        HttpContext context, ModelCall call, ModelReply reply, List<byte[]> parts, Action leave, CancellationToken cancellationToken)
    {
        var half = reply.Fault == ReplyFault.NoEnd ? parts.Count : (parts.Count + 1) / 2;
        foreach (var part in parts.Take(half))
        {
            await WritePartAsync(context.Response, reply, part, cancellationToken);
        }

        switch (reply.Fault)
        {
            case ReplyFault.HangMidway:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case ReplyFault.CutMidway:
                context.Abort();
                break;
            case ReplyFault.BrokenJson:
                leave();
                var next = parts[Math.Min(half, parts.Count - 1)];
                await context.Response.Body.WriteAsync(next.AsMemory(0, next.Length / 2), cancellationToken);
                await context.Response.Body.WriteAsync("\n\ndata: [DONE]\n\n"u8.ToArray(), cancellationToken);
                break;
            case ReplyFault.ErrorEvent:
                leave();
                await context.Response.Body.WriteAsync(
                    call.IsAnthropic ? AnthropicWire.ErrorEvent(reply.ErrorType, "Overloaded") : WireFormat.ErrorEvent(reply.ErrorType, "Overloaded"), cancellationToken);
                break;
            default:
                leave();
                break;
        }
    }

    private static async Task WritePartAsync(HttpResponse response, ModelReply reply, byte[] part, CancellationToken cancellationToken)
    {
        if (reply.ChunkDelay > TimeSpan.Zero)
        {
            await Task.Delay(reply.ChunkDelay, cancellationToken);
        }

        await (reply.Pace?.Invoke(cancellationToken) ?? Task.CompletedTask);
        var length = reply.SliceLength > 0 ? reply.SliceLength : part.Length;
        for (var start = 0; start < part.Length; start += length)
        {
            await response.Body.WriteAsync(part.AsMemory(start, Math.Min(length, part.Length - start)), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }

    private static List<byte[]> Halve(byte[] whole) => [whole[..(whole.Length / 2)], whole[(whole.Length / 2)..]];
}
