using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Tests.Runs;

namespace McpWorkflows.Engine.Tests.Planning;

/// <summary>A planner with a model that says what the test says, and rehearsals on lists of 1, 2 and 6 items.</summary>
internal sealed class PlannerBench(params string[] answers) : IAgentHost, IAgentForecast
{
    private static readonly int[] Lengths = [1, 2, 6];

    public List<AgentRequest> Requests { get; } = [];

    public AgentOutcome? Outcome { get; init; }

    public FakeCatalog Catalog { get; } = new();

    public MemoryJournal Journal { get; } = new();

    public string Workspace { get; init; } = "/workspace";

    public Func<AgentRequest, string?> Refusal { get; init; } = _ => null;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public PlanExaminer Examiner => new(
        new ScriptRehearsal([.. Lengths.Select(length => new MadeUp(length))], Catalog, _ => "\"yes\""), this, Journal);

    public Task<PlannedWorkflow> PlanAsync(string goal = "Count the files", string? args = null, string? lessons = null) =>
        new WorkflowPlanner(this, Examiner, Catalog).PlanAsync(
            new PlanRequest { Goal = goal, ArgsJson = args, Workspace = Workspace, Lessons = lessons, Model = "test/model" }, new Progress<AgentProgress>(), Cancellation);

    public Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Task.FromResult(Outcome ?? new AgentOutcome
        {
            Kind = AgentOutcomeKind.Succeeded,
            AnswerJson = JsonSerializer.Serialize(answers[Requests.Count - 1]),
            Usage = new AgentUsage(100, 7),
            Cost = 0.5m,
        });
    }

    /// <summary>A dollar for a thousand output tokens.</summary>
    public AgentForecast Forecast(AgentRequest request, AgentUsage expected) =>
        new(request.Options.Model ?? request.DefaultModel, expected.OutputTokens / 1_000m, Refusal(request), []);

    /// <summary>Answers any schema with an object of a list <c>items</c>.</summary>
    private sealed class MadeUp(int length) : IAgentHost
    {
        public Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken) =>
            Task.FromResult(new AgentOutcome
            {
                Kind = AgentOutcomeKind.Succeeded,
                AnswerJson = request.Options.SchemaJson is null ? "\"text\"" : $"{{\"items\":[{string.Join(',', Enumerable.Range(1, length))}]}}",
                Rehearsed = true,
            });
    }
}
