using System.Text;

namespace McpWorkflows.Engine.Planning;

/// <summary>
/// The file of a plan: the script with the plan as a comment before it, to be read, compared, saved and run again. Stands
/// in the workspace under <c>.mcpworkflows/plans</c>.
/// </summary>
public static class PlanFile
{
    private const int LongestName = 60;

    /// <summary>From the workspace; of slashes on every system.</summary>
    public static string NameOf(string runId, string workflow)
    {
        var name = new string([.. workflow.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-')]);
        return $".mcpworkflows/plans/{runId}-{(name.Length > LongestName ? name[..LongestName] : name)}.js";
    }

    /// <summary>The file's path from the workspace, or null when it is not there.</summary>
    public static string? Find(string workspace, string runId, string workflow)
    {
        var name = NameOf(runId, workflow);
        return File.Exists(Path.Combine(workspace, name)) ? name : null;
    }

    /// <summary>Writes the file; gives its path from the workspace, or why there is none.</summary>
    public static async Task<(string? Path, string? Problem)> WriteAsync(
        string workspace, string runId, WorkflowPlan plan, string? goal, string script, CancellationToken cancellationToken)
    {
        var name = NameOf(runId, plan.Name);
        try
        {
            var path = Path.Combine(workspace, name);
            var folder = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // A workspace may come from anywhere: its links lead nothing out of it.
            if (folder.LinkTarget is not null || folder.Parent!.LinkTarget is not null)
                return (null, "The plan stands in the journal only: .mcpworkflows is a link to another place.");
            await File.WriteAllTextAsync(path, Text(runId, plan, goal, script), cancellationToken).ConfigureAwait(false);
            return (name, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"The plan stands in the journal only: .mcpworkflows/plans cannot be written ({(failure is UnauthorizedAccessException ? "access is denied" : "the file system failed")}).");
        }
    }

    private static string Text(string runId, WorkflowPlan plan, string? goal, string script)
    {
        var text = new StringBuilder($"// The plan of run {runId}.\n");
        if (goal is not null)
        {
            text.Append("// Goal:\n");
            foreach (var line in goal.ReplaceLineEndings("\n").Split('\n'))
                text.Append("//   ").Append(line).Append('\n');
        }

        foreach (var line in PlanText.Lines(plan))
            text.Append("// ").Append(line).Append('\n');
        return text.Append('\n').Append(script.TrimStart('\uFEFF')).ToString();
    }
}
