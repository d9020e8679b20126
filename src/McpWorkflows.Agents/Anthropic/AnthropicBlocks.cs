using System.Text;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Anthropic;

/// <summary>
/// Keeps of a stream's blocks what must not be lost: thinking whole, in the very form in which the provider wants it back
/// (the SDK hands thinking without text back as something else), and a call's arguments as they were sent.
/// </summary>
internal sealed class AnthropicBlocks
{
    private readonly StringBuilder _thinking = new();
    private readonly StringBuilder _arguments = new();
    private string _signature = "";
    private bool _isThinking;

    /// <summary>The update, with a block's thinking when the block ends instead of in pieces.</summary>
    public ChatResponseUpdate Take(ChatResponseUpdate update)
    {
        var contents = update.Contents;
        for (var index = contents.Count - 1; index >= 0; index--)
        {
            if (contents[index] is TextReasoningContent and not { RawRepresentation: RedactedThinkingBlock })
            {
                contents.RemoveAt(index);
            }
        }

        switch ((update.RawRepresentation as RawMessageStreamEvent)?.Value)
        {
            case RawContentBlockStartEvent start:
                Begin(start);
                break;
            case RawContentBlockDeltaEvent delta:
                Add(delta);
                break;
            case RawContentBlockStopEvent:
                End(contents);
                break;
        }

        return update;
    }

    private void Begin(RawContentBlockStartEvent start)
    {
        _arguments.Clear();
        _thinking.Clear();
        _signature = "";
        _isThinking = start.ContentBlock.Value is ThinkingBlock;
        if (start.ContentBlock.Value is ThinkingBlock begun)
        {
            _thinking.Append(begun.Thinking);
            _signature = begun.Signature;
        }
    }

    private void Add(RawContentBlockDeltaEvent delta)
    {
        switch (delta.Delta.Value)
        {
            case ThinkingDelta piece:
                _thinking.Append(piece.Thinking);
                break;
            case SignatureDelta signed:
                _signature = signed.Signature;
                break;
            case InputJsonDelta piece:
                _arguments.Append(piece.PartialJson);
                break;
        }
    }

    private void End(IList<AIContent> contents)
    {
        if (_isThinking)
        {
            contents.Add(new TextReasoningContent(_thinking.ToString())
            {
                ProtectedData = _signature,
                RawRepresentation = new ContentBlockParam(new ThinkingBlockParam { Thinking = _thinking.ToString(), Signature = _signature }),
            });
        }

        foreach (var call in contents.OfType<FunctionCallContent>())
        {
            call.RawRepresentation = _arguments.ToString();
        }

        _isThinking = false;
    }
}
