namespace McpWorkflows.Benchmarks;

/// <summary>The job that every contestant does.</summary>
internal static class Workload
{
    /// <summary>From 0.</summary>
    public static string Prompt(int index) => $"Task {index}: name one thing that comes in {index}s.";

    public static string Script(int calls) => $$"""
        export const meta = { name: 'many-calls', description: 'Asks {{calls}} agents at once' }
        const answers = await parallel(Array.from({ length: {{calls}} }, (_, i) => () =>
          agent(`Task ${i}: name one thing that comes in ${i}s.`, { label: `task ${i}` })))
        return { answered: answers.filter(answer => answer !== null).length }
        """;

    /// <summary>What the run would take if only the model took time.</summary>
    public static TimeSpan Ideal(int calls, int latencyMilliseconds) =>
        TimeSpan.FromMilliseconds(Math.Ceiling((double)calls / BenchmarkOptions.Width) * latencyMilliseconds);
}
