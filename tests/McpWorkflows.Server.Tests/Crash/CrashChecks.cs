using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Crash;

/// <summary>What must hold whatever happens to a process.</summary>
internal static class CrashChecks
{
    /// <summary>Answers that were on disk are there still, letter by letter.</summary>
    public static void NothingLost(Committed before, Committed after)
    {
        foreach (var (key, answer) in before.Answers)
            Assert.Equal(answer, after.Answers.GetValueOrDefault(key));
    }

    /// <summary>A process asks for no more than was missing when it started.</summary>
    /// <param name="key">The API key by which the model server knows the process.</param>
    /// <param name="requests">How often an undisturbed run asks, by prompt.</param>
    public static void NothingPaidTwice(Committed before, ModelLog log, string key, IReadOnlyDictionary<string, int> requests)
    {
        var sent = log.Openings.Where(call => call.ApiKey == key).GroupBy(call => call.Prompt);
        Assert.All(sent, group => Assert.InRange(group.Count(), 0, requests[group.Key] - before.ByPrompt.GetValueOrDefault(group.Key)));
    }
}
