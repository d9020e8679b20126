using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Acornima.Ast;

namespace Acornima;

/// <summary>Parses scripts and modules. An instance can be used again, but by one thread at a time.</summary>
public sealed partial class Parser
{
    private readonly Lexer _lexer = new();
    private readonly OnNodeHandler? _onNode;
    private bool _module;
    private bool _strict;

    public Parser() : this(ParserOptions.Default)
    {
    }

    public Parser(ParserOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _onNode = options.OnNode;
    }

    public ParserOptions Options { get; }

    /// <param name="strict">Whether strict mode applies without a directive.</param>
    /// <exception cref="ParseErrorException">The text is not a valid script, or nested too deeply for the calling thread's stack.</exception>
    public Script ParseScript(string input, string? sourceFile = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ParseScript(input, 0, input.Length, sourceFile, strict);
    }

    /// <summary>Parses a part of a text; places count from the beginning of the whole text.</summary>
    /// <inheritdoc cref="ParseScript(string, string?, bool)"/>
    public Script ParseScript(string input, int start, int length, string? sourceFile = null, bool strict = false)
    {
        Begin(input, start, length, sourceFile, module: false, strict);
        try
        {
            var begin = Marker.From(_lexer);
            EnterScope(ScopeFlags.Top);
            _lexer.Next();
            _strict |= FindStrictDirective(isFirstConsumed: true, out _);
            var body = ParseProgramBody();
            CheckPrivateNamesAtTop();
            var script = FinishProgram(new Script(in body, _strict), begin, start + length);
            ExitScope();
            return script;
        }
        finally
        {
            _lexer.Release();
        }
    }

    /// <exception cref="ParseErrorException">The text is not a valid module, or nested too deeply for the calling thread's stack.</exception>
    public Module ParseModule(string input, string? sourceFile = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ParseModule(input, 0, input.Length, sourceFile);
    }

    /// <summary>Parses a part of a text; places count from the beginning of the whole text.</summary>
    /// <inheritdoc cref="ParseModule(string, string?)"/>
    public Module ParseModule(string input, int start, int length, string? sourceFile = null)
    {
        Begin(input, start, length, sourceFile, module: true, strict: true);
        try
        {
            var begin = Marker.From(_lexer);
            EnterScope(ScopeFlags.Top);
            _lexer.Next();
            var body = ParseProgramBody();
            CheckPrivateNamesAtTop();
            CheckExports();
            var module = FinishProgram(new Module(in body), begin, start + length);
            ExitScope();
            return module;
        }
        finally
        {
            _lexer.Release();
        }
    }

    private void Begin(string input, int start, int length, string? sourceFile, bool module, bool strict)
    {
        _lexer.Reset(input, start, length, module, sourceFile);
        _module = module;
        _strict = strict;
        _depth = 0;
        _labels.Clear();
        _labelBase = 0;
        _privateScopes.Clear();
        _freePrivateNames = null;
        _exports = null;
        _localExports = null;
        _yieldPos = _awaitPos = _awaitIdentifierPos = 0;
        _potentialArrowAt = -1;
        _awaitNameEnd = -1;
    }

    private NodeList<Statement> ParseProgramBody()
    {
        var body = default(ListBuilder<Statement>);
        var prologue = true;
        while (_lexer.Type != TT.EndOfFile)
        {
            body.Add(ParseStatementListItem(ref prologue, topLevel: true));
        }

        return body.ToNodeList();
    }

    private T FinishProgram<T>(T program, in Marker begin, int end) where T : Program
    {
        // Trailing white space and comments belong to the program.
        _lexer.Next();
        program._range = new Range(begin.Index, end);
        program._location = new SourceLocation(
            begin.Position, new Position(_lexer.Line, _lexer.Start - _lexer.LineStart), _lexer.SourceFile);
        Notify(program, CurrentScope);
        return program;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            Raise(_lexer.Start, Messages.NestedTooDeeply);
        }
    }

    private T Finish<T>(T node, in Marker start, ScopeRecord? scope = null) where T : Node
    {
        node._range = new Range(start.Index, _lexer.LastEnd);
        node._location = new SourceLocation(
            start.Position, new Position(_lexer.LastEndLine, _lexer.LastEnd - _lexer.LastEndLineStart), _lexer.SourceFile);
        Notify(node, scope);
        return node;
    }

    /// <summary>Finishes a node that stands in the place of another.</summary>
    private T FinishLike<T>(T node, Node other) where T : Node
    {
        node._range = other._range;
        node._location = other._location;
        Notify(node, null);
        return node;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Notify(Node node, ScopeRecord? scope)
    {
        if (_onNode is not null)
        {
            var context = new OnNodeContext(_lexer.Input, scope);
            _onNode(node, in context);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Eat(TT type)
    {
        if (_lexer.Type != type)
        {
            return false;
        }

        _lexer.Next();
        return true;
    }

    private void Expect(TT type)
    {
        if (_lexer.Type != type)
        {
            Unexpected();
        }

        _lexer.Next();
    }

    /// <summary>Whether the current token is this word, written without escapes.</summary>
    private bool IsWord(TT word) => _lexer.Type == word && !_lexer.Escaped;

    private bool EatWord(TT word)
    {
        if (!IsWord(word))
        {
            return false;
        }

        _lexer.Next();
        return true;
    }

    private void ExpectWord(TT word)
    {
        if (!EatWord(word))
        {
            Unexpected();
        }
    }

    private bool CanInsertSemicolon()
        => _lexer.Type is TT.EndOfFile or TT.BraceR || _lexer.NewlineBefore;

    private void ExpectSemicolon()
    {
        if (!Eat(TT.Semicolon) && !CanInsertSemicolon())
        {
            if (_awaitNameEnd == _lexer.LastEnd)
            {
                Raise(_awaitNameEnd - "await".Length, Messages.AwaitOutsideAsync);
            }

            Unexpected();
        }
    }

    [DoesNotReturn]
    private void Raise(int index, string description, string? code = null) => _lexer.Raise(index, description, code);

    [DoesNotReturn]
    private void Unexpected()
    {
        var start = _lexer.Start;
        Raise(start, _lexer.Type switch
        {
            TT.EndOfFile => Messages.UnexpectedEnd,
            TT.Number or TT.BigInt => "Unexpected number",
            TT.String => "Unexpected string",
            TT.BackQuote or TT.TemplatePart => "Unexpected template string",
            TT.EscapedKeyword => Messages.EscapedKeyword,
            TT.Enum => Messages.UnexpectedReserved,
            TT.PrivateName => Messages.UnexpectedIdentifier("#" + _lexer.Value),
            var type when type.IsStrictReserved() && _strict => Messages.UnexpectedStrictReserved,
            var type when type.IsIdentifier() => Messages.UnexpectedIdentifier(_lexer.Value!),
            _ => Messages.UnexpectedToken(_lexer.Input[start.._lexer.End]),
        });
    }
}

/// <summary>Where a node begins.</summary>
internal readonly struct Marker
{
    public readonly int Index;
    private readonly int _line;
    private readonly int _lineStart;

    private Marker(int index, int line, int lineStart)
    {
        Index = index;
        _line = line;
        _lineStart = lineStart;
    }

    public Position Position => new(_line, Index - _lineStart);

    public static Marker From(Lexer lexer) => new(lexer.Start, lexer.Line, lexer.LineStart);

    /// <summary>The beginning of a node that is complete.</summary>
    public static Marker From(Node node)
    {
        ref readonly var start = ref node._location.Start;
        return new Marker(node._range.Start, start.Line, node._range.Start - start.Column);
    }
}

/// <summary>Collects the items of a node list.</summary>
internal struct ListBuilder<T> where T : Node?
{
    private T[]? _items;

    public int Count { get; private set; }

    public readonly T this[int index] => _items![index];

    public void Add(T item)
    {
        if (_items is null)
        {
            _items = new T[4];
        }
        else if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = item;
    }

    public readonly NodeList<T> ToNodeList() => Count == 0 ? default : new NodeList<T>(_items!, Count);
}
