using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Planning;

/// <summary>
/// Has an agent write a workflow for a goal. The script is parsed, checked and rehearsed, and goes back with what was
/// found, in three rounds at most. Planning takes place before there is a run, so nothing of it is journaled and it takes
/// no place at the gate.
/// </summary>
public sealed class WorkflowPlanner(IAgentHost agents, PlanExaminer examiner, IWorkflowCatalog catalog)
{
    private const string FileName = "planned.js";
    private const int MaxRounds = 3;

    // Whatever agents are granted, planning changes nothing.
    private static readonly string[] ReadingTools = ["list_files", "read_file", "search_text"];

    // A model that is silent for this long while writing a script of a few hundred lines will not finish it.
    private static readonly TimeSpan RoundTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Throws <see cref="PlanningFailedException"/> when no sound script came of it.</summary>
    public async Task<PlannedWorkflow> PlanAsync(PlanRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        var prompts = new PlannerPrompts(request, catalog);
        var prompt = prompts.Task;
        var usage = AgentUsage.None;
        decimal? cost = 0;
        for (var round = 1; ; round++)
        {
            var outcome = await agents.RunAsync(Call(request, prompts.Instructions, prompt, round), progress, cancellationToken).ConfigureAwait(false);
            usage += outcome.Usage;
            cost += outcome.Cost;
            var text = TextOf(outcome, usage);
            var draft = await DraftAsync(text, request, cancellationToken).ConfigureAwait(false);
            // In the last round a script that only might be better is good enough.
            var errors = round < MaxRounds ? [.. draft.Errors, .. draft.Doubts] : draft.Errors;
            if (errors.Count == 0)
            {
                var planner = new PlanningCost(round, usage.InputTokens, usage.OutputTokens, cost);
                return new PlannedWorkflow(draft.Script!, draft.Plan! with { Planner = planner }, usage, round);
            }

            if (round == MaxRounds)
                throw Failed(draft, errors, usage);
            prompt = prompts.Repair(text, string.Join('\n', errors));
        }
    }

    private async Task<Draft> DraftAsync(string answer, PlanRequest request, CancellationToken cancellationToken)
    {
        var reason = OneAgentScript.ReasonIn(answer);
        WorkflowScript script;
        try
        {
            script = reason is null ? Read(answer) : OneAgentScript.For(request, reason);
        }
        catch (ScriptRefusedException refusal)
        {
            return new Draft { Text = ScriptFence.Candidates(answer).First(), Errors = [refusal.Message] };
        }

        List<string> defects = [.. script.Defects.Select(defect => defect.ToString())];
        List<string> doubts = [.. script.Warnings.Except(script.Defects).Concat(script.Advice).Select(doubt => doubt.ToString())];
        // A script that fails for sure is not worth a rehearsal.
        var examined = defects.Count > 0 ? null
            : await examiner.ExamineAsync(script, request.ArgsJson, request.Model, request.Workspace, cancellationToken).ConfigureAwait(false);
        return new Draft
        {
            Text = script.Text,
            Script = script,
            Plan = examined?.Plan is { } plan ? plan with { OneAgentBecause = reason } : null,
            Errors = [.. defects, .. examined?.Faults.Select(fault => $"In the rehearsal, on made-up answers: {fault}") ?? []],
            Doubts = doubts,
        };
    }

    private static PlanningFailedException Failed(Draft draft, IReadOnlyList<string> errors, AgentUsage usage) => new(
        $"""
        The planner wrote no sound script in {MaxRounds} rounds. State the goal more plainly, use a stronger model, or correct the last script and start that.
        What is wrong with it:
        {string.Join('\n', errors)}

        The last script:
        {draft.Text.Trim()}
        """,
        usage);

    private static string TextOf(AgentOutcome outcome, AgentUsage usage)
    {
        if (outcome.Rehearsed)
            throw new PlanningFailedException("The rehearsal model cannot write a script for a goal. Configure a real model, or pass a script.", usage);
        if (outcome.Kind != AgentOutcomeKind.Succeeded)
            throw new PlanningFailedException($"The planner failed: {outcome.Failure?.Cause ?? "no cause given"}", usage);
        return JsonSerializer.Deserialize(outcome.AnswerJson!, PlannerJson.Default.String) ?? "";
    }

    private static AgentRequest Call(PlanRequest plan, string instructions, string prompt, int round) => new()
    {
        RunId = "planner",
        CallNumber = round,
        Prompt = prompt,
        Label = round == 1 ? "planner" : string.Create(CultureInfo.InvariantCulture, $"planner (round {round})"),
        Options = AgentOptions.None with { Timeout = RoundTimeout, Effort = "high", Tools = ReadingTools },
        DefaultModel = plan.Model,
        Workspace = plan.Workspace,
        Instructions = instructions,
    };

    private static WorkflowScript Read(string answer)
    {
        ScriptRefusedException? first = null;
        foreach (var candidate in ScriptFence.Candidates(answer))
        {
            try
            {
                return WorkflowScript.Parse(candidate, FileName);
            }
            catch (ScriptRefusedException refusal)
            {
                first ??= refusal;
            }
        }

        throw first!;
    }

    /// <summary>One round's script and what was found.</summary>
    private sealed class Draft
    {
        public required string Text { get; init; }

        public WorkflowScript? Script { get; init; }

        public WorkflowPlan? Plan { get; init; }

        public IReadOnlyList<string> Errors { get; init; } = [];

        public IReadOnlyList<string> Doubts { get; init; } = [];
    }
}
