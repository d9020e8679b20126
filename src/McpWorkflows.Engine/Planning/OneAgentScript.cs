using System.Text.Json;
using System.Text.RegularExpressions;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Planning;

/// <summary>The planner may say that one agent does the job as well; then this is the workflow.</summary>
internal static partial class OneAgentScript
{
    private const int LongestReason = 500;

    /// <summary>The planner's reason; null when it wrote a script.</summary>
    public static string? ReasonIn(string answer)
    {
        var match = Declined().Match(answer);
        if (!match.Success)
            return null;
        var reason = match.Groups[1].Value.Trim();
        return reason.Length == 0 ? "the planner gave no reason." : reason.Length > LongestReason ? reason[..LongestReason] : reason;
    }

    public static WorkflowScript For(PlanRequest request, string reason)
    {
        var prompt = PromptTemplate.Load("planner-one-agent.md").Fill(("goal", request.Goal), ("args", request.ArgsJson ?? "none"));
        var text = $$"""
            export const meta = {
              name: 'one-agent',
              description: {{Quoted(reason)}},
            }

            return await agent({{Quoted(prompt)}}, { label: 'the job' })

            """;
        return WorkflowScript.Parse(text, "planned.js");
    }

    // Line separators are legal in JSON and in JavaScript strings alike.
    private static string Quoted(string text) => JsonSerializer.Serialize(text, PlannerJson.Default.String);

    [GeneratedRegex(@"\A\s*ONE AGENT:\s*(.*)", RegexOptions.Singleline)]
    private static partial Regex Declined();
}
