using System.Text;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>Puts a round together from the pieces of its stream.</summary>
internal sealed class RoundBuilder
{
    private readonly List<AIContent> _contents = [];
    private readonly StringBuilder _piece = new();

    /// <summary>All of the text so far.</summary>
    public StringBuilder Text { get; } = new();

    public ChatFinishReason? Finish { get; set; }

    public void Add(AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                _piece.Append(text.Text);
                Text.Append(text.Text);
                break;
            // What has no signature is for people to read; with one, the provider wants it back as it came.
            case TextReasoningContent { ProtectedData.Length: > 0 }:
            case FunctionCallContent { InformationalOnly: false }:
                ClosePiece();
                _contents.Add(content);
                break;
        }
    }

    public Round Build()
    {
        ClosePiece();
        return new Round(_contents, Finish);
    }

    private void ClosePiece()
    {
        if (_piece.Length > 0)
        {
            _contents.Add(new TextContent(_piece.ToString()));
            _piece.Clear();
        }
    }
}
