using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Planning;

/// <summary>
/// Has an agent write a workflow for a goal. The script is validated; a refused one goes back once, with the errors.
/// Planning takes place before there is a run, so nothing of it is journaled and it takes no place at the gate.
/// </summary>
public sealed class WorkflowPlanner(IAgentHost agents)
{
    private const string FileName = "planned.js";
    private const int MaxRounds = 2;

    // A model that is silent for this long while writing a script of a few hundred lines will not finish it.
    private static readonly TimeSpan RoundTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Throws <see cref="PlanningFailedException"/> when no valid script came of it.</summary>
    public async Task<PlannedWorkflow> PlanAsync(PlanRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        var instructions = PromptTemplate.Load("planner.md").Fill(("dialect", PromptTemplate.Load("dialect.md").Text));
        var task = PromptTemplate.Load("planner-goal.md").Fill(("goal", request.Goal), ("args", request.ArgsJson ?? "none"));
        var prompt = task;
        var usage = AgentUsage.None;
        for (var round = 1; ; round++)
        {
            var outcome = await agents.RunAsync(Call(request, instructions, prompt, round), progress, cancellationToken);
            usage += outcome.Usage;
            var text = TextOf(outcome, usage);
            try
            {
                return new PlannedWorkflow(Read(text), usage, round);
            }
            catch (ScriptRefusedException refusal) when (round < MaxRounds)
            {
                prompt = PromptTemplate.Load("planner-repair.md").Fill(("task", task), ("answer", text), ("errors", refusal.Message));
            }
            catch (ScriptRefusedException refusal)
            {
                throw new PlanningFailedException(
                    $"The planner's script was refused {MaxRounds} times. State the goal more plainly, use a stronger model, or write the script yourself. Last errors:\n{refusal.Message}",
                    usage);
            }
        }
    }

    private static string TextOf(AgentOutcome outcome, AgentUsage usage)
    {
        if (outcome.Rehearsed)
            throw new PlanningFailedException("The rehearsal model cannot write a script for a goal. Configure a real model, or pass a script.", usage);
        if (outcome.Kind != AgentOutcomeKind.Succeeded)
            throw new PlanningFailedException($"The planner failed: {outcome.Failure?.Cause ?? "no cause given"}", usage);
        return JsonSerializer.Deserialize<string>(outcome.AnswerJson!) ?? "";
    }

    private static AgentRequest Call(PlanRequest plan, string instructions, string prompt, int round) => new()
    {
        RunId = "planner",
        CallNumber = round,
        Prompt = prompt,
        Label = round == 1 ? "planner" : "planner (repair)",
        Options = AgentOptions.None with { Timeout = RoundTimeout },
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
}
