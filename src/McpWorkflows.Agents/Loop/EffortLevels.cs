using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>How hard a model is to think, as scripts state it, and what an endpoint's refusal leaves of that.</summary>
internal static partial class EffortLevels
{
    private const string High = "high";

    private static readonly string[] All = ["low", "medium", High, "xhigh", "max"];

    /// <summary>Other causes of a refusal, which another effort would not change.</summary>
    private static readonly string[] OtherCauses = ["context", "too long", "max_tokens", "messages", "schema", "image", "billing"];

    public static ReasoningOptions? ToReasoning(string? effort) => effort switch
    {
        "low" => new ReasoningOptions { Effort = ReasoningEffort.Low },
        "medium" => new ReasoningOptions { Effort = ReasoningEffort.Medium },
        High => new ReasoningOptions { Effort = ReasoningEffort.High },
        "xhigh" or "max" => new ReasoningOptions { Effort = ReasoningEffort.ExtraHigh },
        _ => null,
    };

    /// <summary>The next best effort after a refusal; null where the refusal has another cause.</summary>
    public static Concession? Concede(string asked, string refusal)
    {
        var isMeant = Mentions(refusal, "effort") || Mentions(refusal, "reasoning") || Mentions(refusal, "thinking") || Mentions(refusal, "output_config");
        if (!isMeant)
        {
            return Array.Exists(OtherCauses, cause => Mentions(refusal, cause)) ? null : Instead(null);
        }

        var named = All.Where(level => level != asked && Words().Matches(refusal).Any(word => word.Value.Equals(level, StringComparison.OrdinalIgnoreCase))).ToArray();
        var below = named.LastOrDefault(level => Array.IndexOf(All, level) < Array.IndexOf(All, asked));
        if (below is not null || named.Length > 0)
        {
            return Instead(below ?? named[0]);
        }

        // Many models know no more than high, and do not say so.
        return Instead(Array.IndexOf(All, asked) > Array.IndexOf(All, High) && (Mentions(refusal, "value") || Mentions(refusal, "level")) ? High : null);

        Concession Instead(string? level) => new(ConcessionKind.Effort, asked, level);
    }

    private static bool Mentions(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[A-Za-z_]+")]
    private static partial Regex Words();
}
