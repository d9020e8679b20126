using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Anthropic;

/// <summary>
/// Usage of one answer. The stream states it twice, at the start and at the end, each time as a running total: the
/// largest figure of each kind counts.
/// </summary>
internal sealed class AnthropicUsage
{
    /// <summary>The key of input written to the cache among a usage's additional counts.</summary>
    public const string CacheWrites = "CacheWriteTokens";

    private long _input;
    private long _output;
    private long _read;
    private long _written;
    private bool _any;

    /// <summary>The update without its usage.</summary>
    public ChatResponseUpdate Take(ChatResponseUpdate update)
    {
        for (var index = update.Contents.Count - 1; index >= 0; index--)
        {
            if (update.Contents[index] is UsageContent { Details: var details })
            {
                update.Contents.RemoveAt(index);
                _any = true;
                _input = Math.Max(_input, details.InputTokenCount ?? 0);
                _output = Math.Max(_output, details.OutputTokenCount ?? 0);
                _read = Math.Max(_read, details.CachedInputTokenCount ?? 0);
                _written = Math.Max(_written, details.AdditionalCounts?.FirstOrDefault(count => count.Key.Contains("Creation", StringComparison.Ordinal)).Value ?? 0);
            }
        }

        return update;
    }

    public ChatResponseUpdate Total() => new()
    {
        Contents = !_any ? [] :
        [
            new UsageContent(new UsageDetails
            {
                InputTokenCount = _input,
                OutputTokenCount = _output,
                CachedInputTokenCount = _read,
                AdditionalCounts = new AdditionalPropertiesDictionary<long> { [CacheWrites] = _written },
            }),
        ],
    };
}
