using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Calls;

/// <summary>What a worker must have to do a call. Calls of one need share a queue.</summary>
/// <param name="Model"><c>provider/name</c>; null where no model of ours is asked, as for programs.</param>
/// <param name="Tools">Tool servers and programs by name, sorted.</param>
/// <param name="Workspace">Address of a git repository, or <see cref="NoWorkspace"/>.</param>
public sealed record CallNeed(string? Model, IReadOnlyList<string> Tools, string Workspace)
{
    /// <summary>The call needs no files.</summary>
    public const string NoWorkspace = "none";

    /// <summary>Name of the queue, the same wherever it is made out.</summary>
    internal string Queue => $"mcpworkflows.calls.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())))[..20]}";

    /// <summary>Whether a worker has it all.</summary>
    internal bool IsMetBy(WorkerCard worker) =>
        (Model is null || Matches(worker.Models, Model)) && Tools.All(tool => Matches(worker.Tools, tool)) && Matches(worker.Workspaces, Workspace);

    /// <summary>For people, and for a worker's command line.</summary>
    public override string ToString() => string.Join(' ', Words());

    /// <inheritdoc/>
    public bool Equals(CallNeed? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static bool Matches(IEnumerable<string> patterns, string name) => patterns.Any(pattern => pattern == name || (pattern.Contains('*', StringComparison.Ordinal)
        && Regex.IsMatch(name, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking)));

    private IEnumerable<string> Words()
    {
        if (Model is not null)
        {
            yield return $"--models {Model}";
        }

        if (Tools.Count > 0)
        {
            yield return $"--tools {string.Join(',', Tools)}";
        }

        yield return $"--workspaces {Workspace}";
    }
}
