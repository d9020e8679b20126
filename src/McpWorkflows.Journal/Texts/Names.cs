using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Texts;

/// <summary>Names of enumeration members as stored: readable in any tool, and safe against reordering.</summary>
internal static class Names
{
    public static string Of<T>(T value)
        where T : struct, Enum =>
        Enum.GetName(value) ?? throw new ArgumentOutOfRangeException(nameof(value), value, "No such member.");

    public static T To<T>(string name)
        where T : struct, Enum =>
        Enum.TryParse<T>(name, out var value)
            ? value
            : throw new JournalException($"The journal holds an unknown {typeof(T).Name} '{name}'. It is damaged: restore it from a backup, or choose another --journal.");
}
