using System.Globalization;
using System.Text.RegularExpressions;

namespace Acornima;

/// <summary>
/// What became of a regular expression: the matcher it was converted to, if any, and what a host attached to it.
/// The default value is a failure.
/// </summary>
public readonly struct RegExpParseResult
{
    private readonly string?[]? _groupNames;

    private RegExpParseResult(bool success, object? conversionResult, object? additionalData, ParseError? conversionError, string?[]? groupNames)
    {
        Success = success;
        ConversionResult = conversionResult;
        AdditionalData = additionalData;
        ConversionError = conversionError;
        _groupNames = groupNames;
    }

    /// <summary>Whether the expression is valid and, where a conversion was asked for, was converted.</summary>
    public bool Success { get; }

    /// <summary>The matcher: a <see cref="System.Text.RegularExpressions.Regex"/>, a host's own matcher, or nothing.</summary>
    public object? ConversionResult { get; }

    /// <summary>What a host passed to <see cref="ForSuccess"/>; never set by this library.</summary>
    public object? AdditionalData { get; }

    /// <summary>Why a conversion failed.</summary>
    public ParseError? ConversionError { get; }

    /// <summary><see cref="ConversionResult"/> when it is a .NET regular expression.</summary>
    public Regex? Regex => ConversionResult as Regex;

    /// <summary>The number of groups JavaScript sees, with group 0, the whole match.</summary>
    public int ActualRegexGroupCount => _groupNames?.Length ?? Regex?.GetGroupNumbers().Length ?? 0;

    /// <summary>
    /// The name JavaScript gives to the group with this number, or <see langword="null"/> for an unnamed one
    /// or a number out of range. Group numbers of <see cref="Regex"/> and of JavaScript are the same.
    /// </summary>
    public string? GetRegexGroupName(int number)
    {
        if (_groupNames is not null)
        {
            return (uint)number < (uint)_groupNames.Length ? _groupNames[number] : null;
        }

        // .NET names an unnamed group after its number, and answers "" to a number it does not know.
        var name = Regex?.GroupNameFromNumber(number);
        return string.IsNullOrEmpty(name) || name == number.ToString(CultureInfo.InvariantCulture) ? null : name;
    }

    /// <summary>A success with a host's matcher and a host's data, both optional.</summary>
    public static RegExpParseResult ForSuccess(object? conversionResult = null, object? additionalData = null)
        => new(true, conversionResult, additionalData, null, null);

    /// <summary>A failure; a host falls back to a matcher of its own.</summary>
    public static RegExpParseResult ForFailure(ParseError conversionError)
        => new(false, null, null, conversionError, null);

    internal static RegExpParseResult ForRegex(Regex regex, string?[] groupNames)
        => new(true, regex, null, null, groupNames);
}
