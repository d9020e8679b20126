using System.Globalization;
using System.Text.RegularExpressions;
using McpWorkflows.Agents.StructuredOutput;
using McpWorkflows.Agents.Tools;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>What a request asks for besides its messages, and what of that can be left out for an endpoint that refuses it.</summary>
internal sealed partial class RequestForm
{
    private const string EffortKey = "McpWorkflows.Effort";

    private readonly StructuredAnswer? _structured;
    private bool _mayRequire = true;
    private bool _mayFormat = true;

    public RequestForm(string model, string? effort, StructuredAnswer? structured, IReadOnlyList<AgentTool> tools, AnswerForm answerForm)
    {
        _structured = structured;
        AnswersInText = answerForm != AnswerForm.Tool;
        Options = new ChatOptions
        {
            ModelId = model,
            Tools = [.. tools, .. AnswerTool],
            // With nothing to look up first, the answer is all there is to do.
            ToolMode = AnswerTool.Length > 0 && tools.Count == 0 ? Required : null,
            AdditionalProperties = [],
        };
        SetEffort(effort);
        if (answerForm == AnswerForm.Format || tools.Count == 0)
        {
            DemandFormat();
        }
    }

    public ChatOptions Options { get; }

    /// <summary>A structured answer is the model's last message, not a call of a tool.</summary>
    public bool AnswersInText { get; private set; }

    private AITool[] AnswerTool => _structured is null || AnswersInText ? [] : [_structured.Tool];

    private static ChatToolMode Required => ChatToolMode.RequireSpecific(StructuredOutputTool.ToolName);

    private string? Effort => EffortOf(Options);

    /// <summary>The effort that the options ask for, as scripts state it, which has more steps than <see cref="ReasoningEffort"/>.</summary>
    public static string? EffortOf(ChatOptions options) => options.AdditionalProperties?.GetValueOrDefault(EffortKey) as string;

    /// <summary>Leaves the model no way but to answer.</summary>
    /// <param name="keepTools">They must stay named: what the model thought is bound to them.</param>
    public void Close(bool keepTools)
    {
        DemandFormat();
        if (keepTools)
        {
            Options.ToolMode = AnswerTool.Length == 0 ? ChatToolMode.None : null;
            return;
        }

        Options.Tools = AnswerTool is { Length: > 0 } answer ? [.. answer] : null;
        Options.ToolMode = Options.Tools is not null && _mayRequire ? Required : null;
    }

    /// <summary>From now on a model that answers in text can write nothing but an answer.</summary>
    public void DemandFormat()
    {
        if (_structured is not null && AnswersInText && _mayFormat)
        {
            Options.ResponseFormat = ChatResponseFormat.ForJsonSchema(_structured.Tool.JsonSchema, "answer");
        }
    }

    /// <summary>What could be left out to please an endpoint; null when nothing that is dispensable explains its refusal.</summary>
    public Concession? Find(string refusal)
    {
        if (Options.ToolMode is RequiredChatToolMode && Mentions("tool_choice"))
        {
            return new Concession(ConcessionKind.ToolChoice);
        }

        if (Options.ResponseFormat is not null && Mentions("response_format"))
        {
            return new Concession(ConcessionKind.ResponseFormat);
        }

        if (Options.Tools is { Count: > 0 } && Mentions("tool") && (Mentions("support") || Mentions("enable")))
        {
            return new Concession(ConcessionKind.Tools);
        }

        if (OutputLimit().Match(refusal) is { Success: true } limit && limit.Groups["most"].Value != Options.MaxOutputTokens?.ToString(CultureInfo.InvariantCulture))
        {
            return new Concession(ConcessionKind.OutputLimit, null, limit.Groups["most"].Value);
        }

        return Effort is { } effort ? EffortLevels.Concede(effort, refusal) : null;

        bool Mentions(string word) => refusal.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>False where the request does not ask for what is conceded.</summary>
    public bool Concede(Concession concession)
    {
        switch (concession.Kind)
        {
            case ConcessionKind.ToolChoice:
                _mayRequire = false;
                var required = Options.ToolMode is RequiredChatToolMode;
                Options.ToolMode = null;
                return required;
            case ConcessionKind.ResponseFormat:
                _mayFormat = false;
                var formatted = Options.ResponseFormat is not null;
                Options.ResponseFormat = null;
                return formatted;
            case ConcessionKind.Tools when Options.Tools is { Count: > 0 }:
                DoWithoutTools();
                return true;
            case ConcessionKind.OutputLimit:
                Options.MaxOutputTokens = int.Parse(concession.Instead!, CultureInfo.InvariantCulture);
                return true;
            case ConcessionKind.Effort when Effort is { } effort && effort == concession.Asked:
                SetEffort(concession.Instead);
                return true;
            default:
                return false;
        }
    }

    private void SetEffort(string? effort)
    {
        Options.Reasoning = EffortLevels.ToReasoning(effort);
        if (effort is null)
        {
            Options.AdditionalProperties!.Remove(EffortKey);
        }
        else
        {
            Options.AdditionalProperties![EffortKey] = effort;
        }
    }

    private void DoWithoutTools()
    {
        AnswersInText = true;
        Options.Tools = null;
        Options.ToolMode = null;
        DemandFormat();
    }

    [GeneratedRegex(@"max_tokens\D{1,20}\d+ > (?<most>[1-9]\d{2,8})\b")]
    private static partial Regex OutputLimit();
}
