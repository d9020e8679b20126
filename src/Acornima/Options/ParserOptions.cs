namespace Acornima;

/// <summary>How to parse. Whatever the options, the syntax is that of the current standard.</summary>
public sealed record ParserOptions
{
    public static readonly ParserOptions Default = new();

    /// <summary>The edition that regular expressions are checked against; `using` needs ES2026.</summary>
    /// <value>Default: <see cref="EcmaVersion.Latest"/>.</value>
    public EcmaVersion EcmaVersion { get; init; } = EcmaVersion.Latest;

    /// <value>Default: none.</value>
    public ExperimentalESFeatures ExperimentalESFeatures { get; init; }

    /// <summary>Whether `return` may stand at the top level of a script or a module.</summary>
    /// <value>Default: false.</value>
    public bool AllowReturnOutsideFunction { get; init; }

    /// <summary>Whether `await` may stand at the top level of a script; in a module it always may.</summary>
    /// <value>Default: false.</value>
    public bool AllowAwaitOutsideFunction { get; init; }

    /// <summary>Whether `new.target` may stand outside of functions.</summary>
    /// <value>Default: false.</value>
    public bool AllowNewTargetOutsideFunction { get; init; }

    /// <summary>Whether `super` may stand outside of methods.</summary>
    /// <value>Default: false.</value>
    public bool AllowSuperOutsideMethod { get; init; }

    /// <summary>Whether `using` may stand at the top level of a script; in a module it always may.</summary>
    /// <value>Default: false.</value>
    public bool AllowTopLevelUsing { get; init; }

    /// <summary>Whether a private name must be declared in a surrounding class.</summary>
    /// <value>Default: true.</value>
    public bool CheckPrivateFields { get; init; } = true;

    /// <summary>Taken for compatibility: every error ends the parse.</summary>
    /// <value>Default: false.</value>
    public bool Tolerant { get; init; }

    /// <summary>Called for every node when it is complete, children first; also for nodes that a later token turns into patterns.</summary>
    public OnNodeHandler? OnNode { get; init; }

    /// <summary>Called for every regular expression; the default checks it.</summary>
    public OnRegExpHandler? OnRegExp { get; init; }
}
