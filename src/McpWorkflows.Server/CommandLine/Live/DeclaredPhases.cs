using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>The phases that a script announces, so that those to come can be shown.</summary>
internal static class DeclaredPhases
{
    public static IReadOnlyList<string> Of(RunRecord run)
    {
        try
        {
            return [.. WorkflowScript.Parse(run.Script, run.FileName).Meta.Phases.Select(phase => phase.Title)];
        }
        catch (ScriptRefusedException)
        {
            // A journal of another release may hold what this one refuses; its phases show when they begin.
            return [];
        }
    }

    /// <summary>The announced ones in their order, each with what has come of it, and then the others.</summary>
    public static IReadOnlyList<PhasePicture> With(IReadOnlyList<string> declared, IReadOnlyList<PhasePicture> begun)
    {
        var known = begun.ToDictionary(phase => phase.Title);
        return
        [
            .. declared.Distinct().Select(title => known.GetValueOrDefault(title) ?? new PhasePicture(title, 0, 0, 0, 0)),
            .. begun.Where(phase => !declared.Contains(phase.Title)),
        ];
    }
}
