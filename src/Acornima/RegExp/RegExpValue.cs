namespace Acornima;

/// <summary>The two parts of a regular expression literal <c>/pattern/flags</c>, as written in the source.</summary>
public readonly record struct RegExpValue(string Pattern, string Flags)
{
    /// <summary>The literal's source text.</summary>
    public override string ToString() => $"/{Pattern}/{Flags}";
}
