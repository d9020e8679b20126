using System.Globalization;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Planning;

/// <summary>Checks and rehearses a script, and says what a run of it is expected to do and to take.</summary>
/// <param name="forecast">Knows models and prices; null where nobody does.</param>
/// <param name="journal">Where past runs are looked up; null for nowhere.</param>
public sealed class PlanExaminer(ScriptRehearsal rehearsal, IAgentForecast? forecast, IJournal? journal)
{
    // An agent reads instructions, tool definitions and a few files, and comes back to what it has read at every turn.
    private const long AssumedInput = 12_000;
    private const long AssumedOutput = 1_200;
    private const int CharactersPerToken = 4;
    private const int MostFaults = 20;

    /// <param name="model">The run's; null for the host's default.</param>
    public async Task<Examination> ExamineAsync(WorkflowScript script, string? argsJson, string? model, string workspace, CancellationToken cancellationToken)
    {
        var runs = await rehearsal.RunAsync(script, argsJson, workspace, cancellationToken).ConfigureAwait(false);
        var past = journal is null ? PastCalls.None : await PastCalls.ReadAsync(journal, workspace, cancellationToken).ConfigureAwait(false);
        var estimates = runs.Select(run => run.Calls.Select(call => Estimate(call, past, model, workspace)).ToList()).ToList();
        var all = estimates.SelectMany(calls => calls).ToList();
        return new Examination
        {
            Faults =
            [
                .. runs.SelectMany(run => run.Faults).Distinct().Take(MostFaults),
                .. all.Where(call => call.Forecast.Problem is not null).Select(call => $"{call.Record.Label}: {call.Forecast.Problem}").DistinctBy(fault => fault.Split(": ", 2)[1]).Take(MostFaults),
            ],
            Plan = new WorkflowPlan
            {
                Name = script.Meta.Name,
                Description = script.Meta.Description,
                Phases = Phases(runs),
                Agents = PlanRange.Of(runs.Select(run => (long)run.Calls.Count)),
                InputTokens = PlanRange.Of(estimates.Select(calls => calls.Sum(call => call.Usage.InputTokens))),
                OutputTokens = PlanRange.Of(estimates.Select(calls => calls.Sum(call => call.Usage.OutputTokens))),
                Cost = CostOf(estimates),
                Models = [.. all.Select(call => call.Forecast.Model).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
                Wants = Wants(all, runs.Any(run => run.Asks)),
                Basis = Basis(runs, all),
                Warnings = [.. script.Warnings.Select(warning => (warning with { SourceLine = null }).ToString())],
            },
        };
    }

    private Estimated Estimate(CallRecord call, PastCalls past, string? model, string workspace)
    {
        var like = past.Like(call);
        var usage = like ?? new AgentUsage(AssumedInput + (call.Prompt.Length / CharactersPerToken), AssumedOutput);
        var request = new AgentRequest
        {
            RunId = "plan",
            CallNumber = call.Number,
            Prompt = call.Prompt,
            Label = call.Label,
            Options = call.Options,
            DefaultModel = model,
            Workspace = workspace,
        };
        return new Estimated(call, usage, like is not null, forecast?.Forecast(request, usage) ?? new AgentForecast(call.Options.Model ?? model, null, null, []));
    }

    private static List<PlannedPhase> Phases(IReadOnlyList<RehearsedRun> runs)
    {
        var titles = runs.SelectMany(run => run.Calls).Select(TitleOf).Distinct();
        return [.. titles.Select(title => new PlannedPhase(title, PlanRange.Of(runs.Select(run => (long)run.Calls.Count(call => TitleOf(call) == title)))))];
    }

    private static string TitleOf(CallRecord call) => call.Phase ?? "(no phase)";

    private static PlanCost? CostOf(List<List<Estimated>> estimates)
    {
        if (estimates.Exists(calls => calls.Exists(call => call.Forecast.Cost is null)))
            return null;
        var costs = estimates.Select(calls => calls.Sum(call => call.Forecast.Cost!.Value)).DefaultIfEmpty(0).ToList();
        return new PlanCost(costs.Min(), costs.Max());
    }

    private static List<string> Wants(List<Estimated> calls, bool asks)
    {
        var wants = new List<string>();
        Add("tools", calls.SelectMany(call => call.Record.Options.Tools ?? []));
        Add("agent types", calls.Select(call => call.Record.Options.AgentType).OfType<string>());
        if (calls.Exists(call => call.Record.Options.Isolation is not null))
            wants.Add("git worktrees of their own for agents that change files");
        if (asks)
            wants.Add("asks a person");
        Add("not granted here, so that agents go without", calls.SelectMany(call => call.Forecast.Withheld));
        return wants;

        void Add(string what, IEnumerable<string> names)
        {
            var list = names.Distinct().Order(StringComparer.Ordinal).ToList();
            if (list.Count > 0)
                wants.Add($"{what}: {string.Join(", ", list)}");
        }
    }

    private static List<string> Basis(IReadOnlyList<RehearsedRun> runs, List<Estimated> calls)
    {
        var known = calls.Count(call => call.FromPast);
        var basis = new List<string>
        {
            $"Agents are counted in {runs.Count} rehearsals in which lists come back shorter and longer; longer lists in the real run mean more agents.",
        };
        if (known > 0)
            basis.Add(string.Create(CultureInfo.InvariantCulture, $"Tokens of {100 * known / calls.Count}% of the agents are the median of similar calls of past runs."));
        if (known < calls.Count)
        {
            basis.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{(known == 0 ? "There are no similar past calls: assumed" : "For the others it is assumed")} that an agent reads {AssumedInput:N0} tokens besides its prompt and writes {AssumedOutput:N0}."));
        }

        return basis;
    }

    private sealed record Estimated(CallRecord Record, AgentUsage Usage, bool FromPast, AgentForecast Forecast);
}

/// <summary>What came of examining a script.</summary>
public sealed class Examination
{
    /// <summary>Why a run would fail, in sentences; empty when it should go well.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    public required WorkflowPlan Plan { get; init; }
}
