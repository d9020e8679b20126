namespace Acornima;

/// <summary>The text of a template element.</summary>
public readonly struct TemplateValue
{
    internal TemplateValue(string? cooked, string raw)
    {
        Cooked = cooked;
        Raw = raw;
    }

    /// <summary>The text with escapes resolved; null in a tagged template with an invalid escape.</summary>
    public string? Cooked { get; }

    /// <summary>The text as written, line terminators normalised to LF.</summary>
    public string Raw { get; }
}
