using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>Brings a new run into the journal.</summary>
internal sealed class RunOpening(RunParts parts)
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 1_000 };

    public async Task<RunSession> OpenAsync(StartRun request, CancellationToken cancellationToken)
    {
        if (parts.Policy.Refuse(request.Workspace, request.SavedAs) is { } refusal)
            throw new PolicyRefusedException(refusal);
        CheckArgs(request.ArgsJson);
        var script = WorkflowScript.Parse(request.Script, request.FileName);
        var run = new RunRecord
        {
            Id = parts.Ids.NewRunId(),
            Name = script.Meta.Name,
            Script = script.Text,
            FileName = script.FileName,
            ArgsJson = request.ArgsJson,
            Goal = request.Goal,
            Settings = new RunSettings
            {
                Model = request.Model,
                Workspace = request.Workspace,
                Budget = request.Budget,
                BudgetDollars = request.BudgetDollars,
                Seed = parts.Ids.NewSeed(),
                MaxAgents = parts.Options.ScriptLimits.MaxAgents,
                SavedAs = request.SavedAs,
                Slice = request.Slice,
            },
            State = request.Hold ? RunState.Planned : RunState.Running,
            CreatedAt = parts.Time.GetUtcNow(),
        };
        var lessons = await LessonsAsync(request, cancellationToken).ConfigureAwait(false);
        List<JournalEntry> entries = [.. new ExtensionSnapshots(new Dictionary<string, string>()).Keep(script.Extensions), .. lessons];
        if (request.Plan is { } plan)
            entries.Add(plan.ToEntry());
        if (request.Hold)
            entries.Add(new RunChanged { State = RunState.Planned, Totals = run.Totals, Release = true });
        await parts.Journal.CreateRunAsync(run, entries, cancellationToken).ConfigureAwait(false);
        var caps = parts.Policy.Caps(run.Settings.Workspace);
        return new RunSession
        {
            Run = run,
            Caps = caps,
            Warnings = [.. WarningsOf(script), .. caps.Lowered(run.Settings)],
            Snapshots = lessons.ToDictionary(taken => taken.Key, taken => taken.Text),
        };
    }

    public static IReadOnlyList<string> WarningsOf(WorkflowScript script) =>
        [.. script.Warnings.Select(warning => (warning with { SourceLine = null }).ToString())];

    /// <summary>What the project's past runs taught, as it stands now.</summary>
    private async Task<IReadOnlyList<SnapshotTaken>> LessonsAsync(StartRun request, CancellationToken cancellationToken)
    {
        if (request.WithoutLessons || !parts.Options.UseLessons)
            return [];
        var book = await parts.Journal.ReadLessonsAsync(ProjectFolder.RootOf(request.Workspace), cancellationToken).ConfigureAwait(false);
        return RunLessons.Snapshot(book) is { } snapshot ? [new SnapshotTaken(RunLessons.Key, snapshot)] : [];
    }

    private static void CheckArgs(string? argsJson)
    {
        if (argsJson is null)
            return;

        try
        {
            using var document = JsonDocument.Parse(argsJson, Depth);
        }
        catch (JsonException failure)
        {
            throw new ArgumentException($"The arguments are not valid JSON: {failure.Message} Plain text must stand in quotes.", failure);
        }
    }
}
