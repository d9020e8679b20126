using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>Extensions as the run first used them: a later release must not change what a replay does.</summary>
internal sealed class ExtensionSnapshots(IReadOnlyDictionary<string, string> stored)
{
    private const string Prefix = "extension:";

    private readonly HashSet<string> _stored = [.. stored.Keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal))];

    /// <summary>All extensions, each in the run's own version where it has one.</summary>
    public IReadOnlyList<ScriptExtension> Sources { get; } =
    [
        .. BuiltInExtensions.Names.Select(name =>
            new ScriptExtension(name, stored.GetValueOrDefault(Prefix + name) ?? BuiltInExtensions.Source(name))),
    ];

    /// <summary>What is to be written before a script runs that may use these.</summary>
    public IEnumerable<SnapshotTaken> Keep(IEnumerable<string> names) =>
        names.Where(name => _stored.Add(Prefix + name)).Select(name => new SnapshotTaken(Prefix + name, BuiltInExtensions.Source(name)));
}
