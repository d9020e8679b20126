using McpWorkflows.Agents.Prompts;
using McpWorkflows.Agents.StructuredOutput;
using McpWorkflows.Agents.Tools;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>The messages and options that go to the model, and what can be left out when an endpoint refuses it.</summary>
internal sealed class Conversation
{
    private const string EffortKey = "McpWorkflows.Effort";

    private readonly List<ChatMessage> _messages;
    private readonly StructuredAnswer? _structured;
    private readonly string? _instructions;

    public Conversation(AgentCall call, StructuredAnswer? structured, IReadOnlyList<AgentTool> tools)
    {
        _structured = structured;
        _instructions = call.Request.Instructions;
        _messages =
        [
            new ChatMessage(ChatRole.System, AgentPrompts.System(_instructions, structured is not null)),
            new ChatMessage(ChatRole.User, call.Request.Prompt),
        ];
        Options = new ChatOptions
        {
            ModelId = call.Model.Name,
            Tools = [.. tools, .. structured is null ? [] : new AITool[] { structured.Tool }],
            // With nothing to look up first, the answer is all there is to do.
            ToolMode = structured is not null && tools.Count == 0 ? RequireAnswer : null,
            Reasoning = Effort(call.Request.Options.Effort),
            AdditionalProperties = call.Request.Options.Effort is { } effort ? new() { [EffortKey] = effort } : null,
        };
    }

    public IReadOnlyList<ChatMessage> Messages => _messages;

    public ChatOptions Options { get; }

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

        _messages.Add(message);
    }

    public void Say(string text) => _messages.Add(new ChatMessage(ChatRole.User, text));

    public void Answer(List<AIContent> results) => _messages.Add(new ChatMessage(ChatRole.Tool, results));

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
