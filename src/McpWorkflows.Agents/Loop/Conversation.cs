using McpWorkflows.Agents.Prompts;
using McpWorkflows.Agents.StructuredOutput;
using McpWorkflows.Agents.Tools;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>The messages and options that go to the model, and what can be left out when an endpoint refuses it.</summary>
internal sealed class Conversation
{
    private const string EffortKey = "McpWorkflows.Effort";
    private const double CharactersPerToken = 4;
    private const int TokensPerTool = 120;

    /// <summary>Characters that a request shares with others which begin alike, until a provider's cache takes notice.</summary>
    private const int CacheableCharacters = 4096;

    private readonly List<ChatMessage> _messages;
    private readonly StructuredAnswer? _structured;
    private readonly string? _instructions;
    private long _characters;

    public Conversation(AgentCall call, StructuredAnswer? structured, IReadOnlyList<AgentTool> tools)
    {
        _structured = structured;
        _instructions = AgentPrompts.WithLessons(call.Request.Instructions, call.Request.Lessons);
        _messages =
        [
            new ChatMessage(ChatRole.System, AgentPrompts.System(_instructions, structured is not null)),
            new ChatMessage(ChatRole.User, call.Request.Prompt),
        ];
        _characters = _messages[0].Text.Length + call.Request.Prompt.Length + (call.Request.Options.SchemaJson?.Length ?? 0);
        Options = new ChatOptions
        {
            ModelId = call.Model.Name,
            Tools = [.. tools, .. structured is null ? [] : new AITool[] { structured.Tool }],
            // With nothing to look up first, the answer is all there is to do.
            ToolMode = structured is not null && tools.Count == 0 ? RequireAnswer : null,
            Reasoning = Effort(call.Resolved.Effort.Value),
            AdditionalProperties = call.Resolved.Effort.Value is { } effort ? new() { [EffortKey] = effort } : null,
        };
    }

    public IReadOnlyList<ChatMessage> Messages => _messages;

    public ChatOptions Options { get; }

    /// <summary>Of the input, roughly.</summary>
    public double EstimatedTokens => (_characters / CharactersPerToken) + ((Options.Tools?.Count ?? 0) * TokensPerTool);

    /// <summary>The model cannot use tools; it answers in text alone.</summary>
    public bool IsWithoutTools { get; private set; }

    private static ChatToolMode RequireAnswer => ChatToolMode.RequireSpecific(StructuredOutputTool.ToolName);

    /// <summary>The effort that the options ask for, as scripts state it, which has more steps than <see cref="ReasoningEffort"/>.</summary>
    public static string? EffortOf(ChatOptions options) => options.AdditionalProperties?.GetValueOrDefault(EffortKey) as string;

    public void Heard(Round round)
    {
        if (round.Text.Length == 0 && round.Calls.Count == 0)
        {
            return;
        }

        var message = new ChatMessage(ChatRole.Assistant, round.Text.Length == 0 ? [] : [new TextContent(round.Text)]);
        foreach (var call in round.Calls)
        {
            message.Contents.Add(call);
        }

        _characters += round.Text.Length;
        _messages.Add(message);
    }

    public void Say(string text)
    {
        _characters += text.Length;
        _messages.Add(new ChatMessage(ChatRole.User, text));
    }

    public void Answer(List<AIContent> results)
    {
        _characters += results.OfType<FunctionResultContent>().Sum(result => (result.Result as string)?.Length ?? 0);
        _messages.Add(new ChatMessage(ChatRole.Tool, results));
    }

    /// <summary>
    /// What the first request begins with, up to where a provider's cache takes notice; null for one too short for that.
    /// </summary>
    /// <param name="withPrompt">The provider caches whatever repeats; else only what is marked for it: tools and system text.</param>
    public string? Beginning(bool withPrompt)
    {
        var tools = string.Join(',', (Options.Tools ?? []).Select(tool => tool.Name));
        var fix = _messages[0].Text.Length + ((Options.Tools?.Count ?? 0) * TokensPerTool * (int)CharactersPerToken);
        if (fix >= CacheableCharacters)
        {
            return $"{tools}\n{_messages[0].Text}";
        }

        var rest = CacheableCharacters - fix;
        var prompt = _messages[1].Text;
        return withPrompt && prompt.Length >= rest ? $"{tools}\n{_messages[0].Text}\n{prompt.AsSpan(0, rest)}" : null;
    }

    /// <summary>Leaves the model no way but to answer.</summary>
    public void CloseTools()
    {
        Options.Tools = _structured is null || IsWithoutTools ? null : [_structured.Tool];
        Options.ToolMode = Options.Tools is null ? null : RequireAnswer;
        Say(AgentPrompts.FinalAnswer);
    }

    /// <summary>
    /// Adapts the request to an endpoint that refused its form, and names what was left out; null when nothing that is
    /// dispensable explains the refusal.
    /// </summary>
    public string? TryDoWithout(string refusal)
    {
        if (Options.ToolMode is not null && Mentions("tool_choice"))
        {
            Options.ToolMode = null;
            return "tool_choice";
        }

        if (Options.ResponseFormat is not null && Mentions("response_format"))
        {
            Options.ResponseFormat = null;
            return "response_format";
        }

        if (Options.Tools is { Count: > 0 } && Mentions("tool") && (Mentions("support") || Mentions("enable")))
        {
            DoWithoutTools();
            return "tools";
        }

        if (Options.Reasoning is { Effort: ReasoningEffort.ExtraHigh } && Mentions("value"))
        {
            // Many models know no more than high.
            SetEffort("high");
            return "the highest effort";
        }

        if (Options.Reasoning is not null)
        {
            SetEffort(null);
            return "effort";
        }

        return null;

        bool Mentions(string word) => refusal.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private void SetEffort(string? effort)
    {
        Options.Reasoning = Effort(effort);
        Options.AdditionalProperties = effort is null ? null : new() { [EffortKey] = effort };
    }

    private void DoWithoutTools()
    {
        IsWithoutTools = true;
        Options.Tools = null;
        Options.ToolMode = null;
        _messages[0] = new ChatMessage(ChatRole.System, AgentPrompts.System(_instructions, structured: false));
        if (_structured is not null)
        {
            Options.ResponseFormat = ChatResponseFormat.ForJsonSchema(_structured.Schema, "answer");
            Say(AgentPrompts.StructuredJson(_structured.SchemaJson));
        }
    }

    private static ReasoningOptions? Effort(string? effort) => effort switch
    {
        "low" => new ReasoningOptions { Effort = ReasoningEffort.Low },
        "medium" => new ReasoningOptions { Effort = ReasoningEffort.Medium },
        "high" => new ReasoningOptions { Effort = ReasoningEffort.High },
        "xhigh" or "max" => new ReasoningOptions { Effort = ReasoningEffort.ExtraHigh },
        _ => null,
    };
}
