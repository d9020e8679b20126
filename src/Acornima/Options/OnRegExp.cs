namespace Acornima;

/// <summary>Receives a regular expression literal.</summary>
public delegate RegExpParseResult OnRegExpHandler(in RegExpParsingContext context);

/// <summary>A regular expression literal in its source text.</summary>
public readonly struct RegExpParsingContext
{
    private readonly ParserOptions _options;
    private readonly Lexer _lexer;

    internal RegExpParsingContext(ParserOptions options, Lexer lexer)
    {
        _options = options;
        _lexer = lexer;
        Pattern = lexer.Value!;
        Flags = lexer.Raw!;
    }

    /// <summary>The text between the slashes.</summary>
    public string Pattern { get; }

    public string Flags { get; }

    /// <summary>Checks pattern and flags.</summary>
    /// <exception cref="ParseErrorException">They are invalid.</exception>
    public void Validate()
    {
        if (Tokenizer.ValidateRegExp(Pattern, Flags, out var error, _options.EcmaVersion, _options.ExperimentalESFeatures))
        {
            return;
        }

        // V8 reports the literal as a whole, and invalid flags in other words than the constructor's.
        var description = error.Description.StartsWith("Invalid flags", StringComparison.Ordinal) ? Messages.InvalidRegExpFlags : error.Description;
        _lexer.Raise(_lexer.Start, description);
    }
}
