using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>A workflow file's text and the places in it.</summary>
internal sealed class SourceText
{
    private const int MaxShownLength = 200;

    private readonly List<int> _lineStarts = [0];

    /// <summary>A byte order mark is no part of the text: columns of the first line start behind it.</summary>
    public SourceText(string text, string fileName)
    {
        Text = text.StartsWith('\uFEFF') ? text[1..] : text;
        FileName = fileName;
        for (var i = 0; i < Text.Length; i++)
        {
            // ECMA-262, section 12.3.
            if (Text[i] is '\n' or '\u2028' or '\u2029' || (Text[i] == '\r' && (i + 1 == Text.Length || Text[i + 1] != '\n')))
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public string Text { get; }

    public string FileName { get; }

    /// <summary>An error at an offset.</summary>
    public ScriptError ErrorAt(int offset, string message)
    {
        var (line, column) = PlaceOf(offset);
        return ErrorAt(line, column, message);
    }

    /// <summary>An error at a line and column, both from 1.</summary>
    public ScriptError ErrorAt(int line, int column, string message) =>
        new(message, FileName, line, column, line >= 1 && line <= _lineStarts.Count ? Line(line) : null);

    /// <summary>Line and column, both from 1.</summary>
    public (int Line, int Column) PlaceOf(int offset)
    {
        var at = Math.Clamp(offset, 0, Text.Length);
        var index = _lineStarts.BinarySearch(at);
        var line = index >= 0 ? index : ~index - 1;
        return (line + 1, at - _lineStarts[line] + 1);
    }

    private string Line(int line)
    {
        var start = _lineStarts[line - 1];
        var end = line < _lineStarts.Count ? _lineStarts[line] : Text.Length;
        while (end > start && Text[end - 1] is '\n' or '\r' or '\u2028' or '\u2029')
        {
            end--;
        }

        return Text[start..Math.Min(end, start + MaxShownLength)];
    }
}
