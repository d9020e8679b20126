namespace Acornima.Tests.Fuzzing;

/// <summary>Where the verdicts differ from acorn's and ours is the standard's, or a choice that is stated here.</summary>
internal static class KnownDifferences
{
    public static string? Explain(string source, Exception? error) => null;
}
