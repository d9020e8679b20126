namespace McpWorkflows.Engine.Agents;

/// <summary>Tells of calls, before they are made, what they would run on and cost. A host that knows implements it.</summary>
public interface IAgentForecast
{
    /// <summary>Asks no model and starts nothing.</summary>
    AgentForecast Forecast(AgentRequest request, AgentUsage expected);
}

/// <summary>What a call would run on and cost.</summary>
/// <param name="Model"><c>provider/name</c>; null where the call cannot run.</param>
/// <param name="Cost">US dollars for the expected tokens; null where the price is not known.</param>
/// <param name="Problem">Why the call would be refused (unknown model or agent type, a policy), with the remedy; null when it would not.</param>
/// <param name="Withheld">Tools that it names and would not get.</param>
public sealed record AgentForecast(string? Model, decimal? Cost, string? Problem, IReadOnlyList<string> Withheld);
