using System.Text.Json;
using Anthropic.Exceptions;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.OpenAI;

namespace McpWorkflows.Agents.Anthropic;

/// <summary>Names what the SDK throws.</summary>
internal static class AnthropicFaults
{
    /// <summary>The fault behind an exception; null where it is the caller's own cancellation.</summary>
    public static ModelRequestException? From(Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is AnthropicSseException)
            {
                return InStream(cause);
            }

            if (cause is not AnthropicException && TransportFaults.From(cause) is { } fault)
            {
                return fault;
            }
        }

        return new ModelRequestException(ModelRequestFault.Garbled, ErrorReader.Clean(exception.Message, null), exception);
    }

    /// <summary>An error event within a stream: its JSON stands somewhere in the message.</summary>
    private static ModelRequestException InStream(Exception exception)
    {
        var text = exception.Message;
        var start = text.IndexOf('{', StringComparison.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(start < 0 ? "{}" : text[start..(text.LastIndexOf('}') + 1)]);
            var (message, code) = ErrorReader.Parse(document.RootElement);
            return new ModelRequestException(ModelRequestFault.Answered, ErrorReader.Clean(message ?? text, null), exception) { Code = code };
        }
        catch (JsonException)
        {
            return new ModelRequestException(ModelRequestFault.Answered, ErrorReader.Clean(text, null), exception);
        }
    }
}
