using McpWorkflows.Agents.Prompts;
using McpWorkflows.Agents.StructuredOutput;
using McpWorkflows.Agents.Tools;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>The messages that go to the model, and the form in which they go.</summary>
internal sealed class Conversation
{
    private const double CharactersPerToken = 4;
    private const int TokensPerTool = 120;

    /// <summary>Characters that a request shares with others which begin alike, until a provider's cache takes notice.</summary>
    private const int CacheableCharacters = 4096;

    private readonly List<ChatMessage> _messages;
    private readonly StructuredAnswer? _structured;
    private readonly string? _instructions;
    private readonly RequestForm _form;
    private long _characters;

    public Conversation(AgentCall call, StructuredAnswer? structured, IReadOnlyList<AgentTool> tools, AnswerForm answerForm)
    {
        _structured = structured;
        _instructions = AgentPrompts.WithLessons(call.Request.Instructions, call.Request.Lessons);
        _form = new RequestForm(call.Model.Name, call.Resolved.Effort.Value, structured, tools, answerForm);
        _messages =
        [
            new ChatMessage(ChatRole.System, Instructions),
            new ChatMessage(ChatRole.User, call.Request.Prompt),
        ];
        _characters = _messages[0].Text.Length + call.Request.Prompt.Length + (call.Request.Options.SchemaJson?.Length ?? 0);
    }

    public IReadOnlyList<ChatMessage> Messages => _messages;

    public ChatOptions Options => _form.Options;

    /// <summary>Of the input, roughly.</summary>
    public double EstimatedTokens => (_characters / CharactersPerToken) + ((Options.Tools?.Count ?? 0) * TokensPerTool);

    /// <inheritdoc cref="RequestForm.AnswersInText"/>
    public bool AnswersInText => _form.AnswersInText;

    private string Instructions => (_structured, _form.AnswersInText) switch
    {
        (null, _) => AgentPrompts.System(_instructions, structured: false),
        (_, false) => AgentPrompts.System(_instructions, structured: true),
        _ => $"{AgentPrompts.System(_instructions, structured: false)}\n\n{AgentPrompts.StructuredFormat(_structured.SchemaJson)}",
    };

    private bool HoldsThinking => _messages.Exists(message => message.Contents.Any(content => content is TextReasoningContent));

    public void Heard(Round round)
    {
        if (round.Text.Length == 0 && round.Calls.Count == 0)
        {
            return;
        }

        _characters += round.Text.Length + round.Calls.Sum(call => (call.RawRepresentation as string)?.Length ?? 0);
        _messages.Add(new ChatMessage(ChatRole.Assistant, [.. round.Contents]));
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

    /// <inheritdoc cref="RequestForm.DemandFormat"/>
    public void DemandFormat() => _form.DemandFormat();

    /// <summary>Leaves the model no way but to answer.</summary>
    public void CloseTools()
    {
        _form.Close(keepTools: HoldsThinking);
        Say(AgentPrompts.FinalAnswer);
    }

    /// <summary>
    /// Adapts the request to an endpoint that refused its form, and says how; null when nothing that is dispensable
    /// explains the refusal.
    /// </summary>
    public Concession? TryDoWithout(string refusal)
    {
        var isAboutThinking = refusal.Contains("thinking", StringComparison.OrdinalIgnoreCase)
            && (refusal.Contains("signature", StringComparison.OrdinalIgnoreCase) || refusal.Contains("block", StringComparison.OrdinalIgnoreCase));
        var concession = isAboutThinking && HoldsThinking ? new Concession(ConcessionKind.Thinking) : _form.Find(refusal);
        return concession is not null && Concede(concession) ? concession : null;
    }

    /// <summary>False where the request does not ask for what is conceded.</summary>
    public bool Concede(Concession concession)
    {
        if (concession.Kind == ConcessionKind.Thinking)
        {
            ForgetThinking();
            return true;
        }

        var answeredInText = AnswersInText;
        if (!_form.Concede(concession))
        {
            return false;
        }

        if (concession.Kind == ConcessionKind.Tools && !answeredInText)
        {
            ForgetThinking();
            _messages[0] = new ChatMessage(ChatRole.System, AgentPrompts.System(_instructions, structured: false));
            if (_structured is not null)
            {
                Say(AgentPrompts.StructuredJson(_structured.SchemaJson));
            }
        }

        return true;
    }

    private void ForgetThinking()
    {
        foreach (var message in _messages)
        {
            message.Contents = [.. message.Contents.Where(content => content is not TextReasoningContent)];
        }
    }
}
