using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Stdio;

/// <summary>
/// A line as it arrives, kept up to a limit. Of a longer one only its two ends stay, in which the id of the request may
/// stand: whoever sent it waits for an answer.
/// </summary>
internal sealed partial class BoundedLine(int maxBytes)
{
    private const int End = 512;
    private const int Kept = 256 * 1024;

    private MemoryStream bytes = new();
    private byte[] tail = [];

    /// <summary>Bytes that have arrived, kept or not.</summary>
    public long Length { get; private set; }

    public bool IsTooLong => Length > maxBytes;

    /// <summary>The whole line, or the beginning of one that is too long.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.GetBuffer().AsSpan(0, (int)bytes.Length);

    public void Append(ReadOnlySpan<byte> part)
    {
        var wasTooLong = IsTooLong;
        Length += part.Length;
        if (!IsTooLong)
        {
            bytes.Write(part);
            return;
        }

        if (!wasTooLong)
        {
            var kept = bytes;
            bytes = new MemoryStream();
            bytes.Write(kept.GetBuffer(), 0, (int)Math.Min(End, kept.Length));
            bytes.Write(part[..(int)Math.Min(part.Length, End - bytes.Length)]);
            tail = kept.GetBuffer().AsSpan(0, (int)kept.Length)[^(int)Math.Min(End, kept.Length)..].ToArray();
        }

        tail = part.Length >= End ? part[^End..].ToArray() : [.. tail.AsSpan(Math.Max(0, tail.Length + part.Length - End)), .. part];
    }

    public void Clear()
    {
        Length = 0;
        tail = [];
        // One large message must not cost its room for as long as the connection lives.
        if (bytes.Capacity > Kept)
            bytes = new MemoryStream();
        bytes.SetLength(0);
    }

    /// <summary>The id of the request that the line holds, or null where it holds none, or none that can be found.</summary>
    public RequestId? RequestId() => IsTooLong
        ? Id(Encoding.UTF8.GetString(Bytes)) ?? Id(Encoding.UTF8.GetString(tail))
        : TopLevelId(Bytes);

    // Clients write the id first or last; one that is part of the arguments would have to stand at the very end to be taken for it.
    private static RequestId? Id(string text)
    {
        var match = IdFirst().Match(text);
        if (!match.Success)
            match = IdLast().Match(text);
        if (!match.Success)
            return null;
        return match.Groups["text"] is { Success: true } quoted
            ? new RequestId(quoted.Value)
            : new RequestId(long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture));
    }

    private static RequestId? TopLevelId(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isId = reader.ValueTextEquals("id"u8);
                reader.Read();
                if (isId)
                {
                    return reader.TokenType switch
                    {
                        JsonTokenType.String => new RequestId(reader.GetString()!),
                        JsonTokenType.Number when reader.TryGetInt64(out var number) => new RequestId(number),
                        _ => null,
                    };
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Not even an object up to its id.
        }

        return null;
    }

    [GeneratedRegex("""\A\s*\{\s*(?:"(?:jsonrpc|method)"\s*:\s*"[^"\\]{0,100}"\s*,\s*){0,2}"id"\s*:\s*(?:"(?<text>[^"\\]{0,200})"|(?<number>-?[0-9]{1,18}))\s*,""")]
    private static partial Regex IdFirst();

    [GeneratedRegex(""","id"\s*:\s*(?:"(?<text>[^"\\]{0,200})"|(?<number>-?[0-9]{1,18}))\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*\z""")]
    private static partial Regex IdLast();
}
