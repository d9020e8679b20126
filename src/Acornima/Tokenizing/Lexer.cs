using System.Diagnostics.CodeAnalysis;

namespace Acornima;

/// <summary>
/// Reads one token at a time. The grammar tells `/` and `}` apart: the parser asks for a regular expression or for the
/// rest of a template where it knows that one stands, so there is no lookahead beyond the current token.
/// </summary>
internal sealed partial class Lexer
{
    private readonly NameTable _names = NameTable.Create();
    private string _input = string.Empty;
    private string? _sourceFile;
    private int _begin;
    private int _end;
    private int _pos;
    private int _line;
    private int _lineStart;
    private bool _module;
    private bool _started;

    // The current token.
    public TT Type;
    public int Start;
    public int End;
    public int Line;
    public int LineStart;
    public bool NewlineBefore;

    /// <summary>Whether a word contains an escape, or a string any escape or line continuation.</summary>
    public bool Escaped;

    /// <summary>A word's name, a string's value, a template part's cooked text (null if invalid), a regular expression's pattern.</summary>
    public string? Value;

    /// <summary>A template part's raw text, a regular expression's flags.</summary>
    public string? Raw;

    public double Number;

    /// <summary>What strict mode objects to in a number or string, and where; null if nothing.</summary>
    public string? StrictError;

    public int StrictErrorIndex;

    /// <summary>Whether a template part ends the template.</summary>
    public bool Tail;

    // The end of the token before the current one.
    public int LastEnd;
    public int LastEndLine;
    public int LastEndLineStart;

    public string Input => _input;

    public string? SourceFile => _sourceFile;

    /// <summary>Where the reader stands: right behind the current token.</summary>
    public Position EndPosition => new(_line, _pos - _lineStart);

    public void Reset(string input, int start, int length, bool module, string? sourceFile)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, input.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, input.Length - start);

        _input = input;
        _sourceFile = sourceFile;
        _begin = start;
        _end = start + length;
        _module = module;
        _started = false;
        _names.Clear();
        Type = TT.EndOfFile;
        Value = Raw = null;
        (_line, _lineStart) = LineAt(start);
        _pos = start;
        Start = End = LastEnd = start;
        Line = LastEndLine = _line;
        LineStart = LastEndLineStart = _lineStart;

        if (start == 0 && length >= 2 && input[0] == '#' && input[1] == '!')
        {
            SkipLineComment();
        }
    }

    /// <summary>Lets go of the source text.</summary>
    public void Release()
    {
        _input = string.Empty;
        _sourceFile = null;
        _begin = _end = _pos = 0;
        Value = Raw = null;
        _names.Clear();
    }

    public void Next()
    {
        LastEnd = End;
        LastEndLine = _line;
        LastEndLineStart = _lineStart;

        SkipSpace();
        _started = true;

        Start = _pos;
        Line = _line;
        LineStart = _lineStart;
        if (_pos >= _end)
        {
            Type = TT.EndOfFile;
            End = _pos;
            return;
        }

        ReadToken(_input[_pos]);
        End = _pos;
    }

    private char CharAt(int index) => index < _end ? _input[index] : '\0';

    private void ReadToken(char c)
    {
        if (c < 128 ? CharClass.IsIdentifierStart(c) : !CharClass.IsUnicodeSpace(c))
        {
            ReadWord();
            return;
        }

        switch (c)
        {
            case '"' or '\'':
                ReadString(c);
                break;
            case >= '0' and <= '9':
                ReadNumber();
                break;
            case '.' when CharAt(_pos + 1) is >= '0' and <= '9':
                ReadNumber();
                break;
            case '\\':
                ReadWord();
                break;
            case '#':
                ReadPrivateName();
                break;
            default:
                ReadPunctuator(c);
                break;
        }
    }

    /// <summary>The state to return to after looking ahead.</summary>
    public Snapshot Save() => new()
    {
        Pos = _pos,
        CurrentLine = _line,
        CurrentLineStart = _lineStart,
        Type = Type,
        Start = Start,
        End = End,
        Line = Line,
        LineStart = LineStart,
        NewlineBefore = NewlineBefore,
        Escaped = Escaped,
        Value = Value,
        Raw = Raw,
        Number = Number,
        StrictError = StrictError,
        StrictErrorIndex = StrictErrorIndex,
        Tail = Tail,
        LastEnd = LastEnd,
        LastEndLine = LastEndLine,
        LastEndLineStart = LastEndLineStart,
    };

    public void Restore(in Snapshot s)
    {
        _pos = s.Pos;
        _line = s.CurrentLine;
        _lineStart = s.CurrentLineStart;
        Type = s.Type;
        Start = s.Start;
        End = s.End;
        Line = s.Line;
        LineStart = s.LineStart;
        NewlineBefore = s.NewlineBefore;
        Escaped = s.Escaped;
        Value = s.Value;
        Raw = s.Raw;
        Number = s.Number;
        StrictError = s.StrictError;
        StrictErrorIndex = s.StrictErrorIndex;
        Tail = s.Tail;
        LastEnd = s.LastEnd;
        LastEndLine = s.LastEndLine;
        LastEndLineStart = s.LastEndLineStart;
    }

    public struct Snapshot
    {
        public int Pos;
        public int CurrentLine;
        public int CurrentLineStart;
        public TT Type;
        public int Start;
        public int End;
        public int Line;
        public int LineStart;
        public bool NewlineBefore;
        public bool Escaped;
        public string? Value;
        public string? Raw;
        public double Number;
        public string? StrictError;
        public int StrictErrorIndex;
        public bool Tail;
        public int LastEnd;
        public int LastEndLine;
        public int LastEndLineStart;
    }

    [DoesNotReturn]
    public void Raise(int index, string description, string? code = null)
    {
        var (line, lineStart) = LineAt(Math.Min(index, _input.Length));
        throw new ParseErrorException(new ParseError(description, index, line, index - lineStart, _sourceFile, code));
    }

    private (int Line, int LineStart) LineAt(int index)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < index; i++)
        {
            var c = _input[i];
            if (!CharClass.IsLineTerminator(c) || (c == '\r' && i + 1 < _input.Length && _input[i + 1] == '\n'))
            {
                continue;
            }

            line++;
            lineStart = i + 1;
        }

        return (line, lineStart);
    }
}
