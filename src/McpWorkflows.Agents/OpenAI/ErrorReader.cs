using System.Globalization;
using System.Text;
using System.Text.Json;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;

namespace McpWorkflows.Agents.OpenAI;

/// <summary>Reads what an endpoint says when it refuses.</summary>
internal static class ErrorReader
{
    private const int MaxBody = 16 * 1024;
    private const int MaxMessage = 300;

    public static async Task<ModelRequestException> ReadAsync(
        HttpResponseMessage response, string? apiKey, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        var (message, code) = Parse(body);
        return new ModelRequestException(ModelRequestFault.Answered, Clean(message ?? body, apiKey))
        {
            Status = response.StatusCode,
            Code = code,
            RetryAfter = RetryAfter(response, time),
            Limits = LimitNews.Read(response.Headers, time),
        };
    }

    /// <summary>An <c>error</c> member, in the forms servers give it: an object, a string, or the members at the root.</summary>
    public static (string? Message, string? Code) Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return (null, null);
        }

        var error = root.TryGetProperty("error", out var member) ? member : root;
        return error.ValueKind switch
        {
            JsonValueKind.String => (error.GetString(), null),
            JsonValueKind.Object => (Text(error, "message") ?? Text(error, "detail"), Text(error, "code") ?? Text(error, "type")),
            _ => (null, null),
        };
    }

    /// <summary>One line, no key, 300 characters at most.</summary>
    public static string Clean(string text, string? apiKey)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaxMessage));
        var shown = apiKey is { Length: > 3 } ? text.Replace(apiKey, "***", StringComparison.Ordinal) : text;
        foreach (var character in shown)
        {
            if (line.Length == MaxMessage)
            {
                break;
            }

            var plain = char.IsControl(character) || char.IsWhiteSpace(character) ? ' ' : character;
            if (plain != ' ' || (line.Length > 0 && line[^1] != ' '))
            {
                line.Append(plain);
            }
        }

        return line.ToString().Trim();
    }

    private static (string? Message, string? Code) Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Parse(document.RootElement);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.FirstOrDefault(), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is >= 0 and < 1e9)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        var header = response.Headers.RetryAfter;
        var delay = header?.Delta ?? header?.Date - time.GetUtcNow();
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }

    private static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var buffer = new byte[MaxBody];
            var length = await stream.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception exception) when (TransportFaults.From(exception) is not null)
        {
            // The status alone is worth reporting.
            return "";
        }
    }
}
