using System.Globalization;
using McpWorkflows.Agents.Faults;

namespace McpWorkflows.Agents.Tests.Faults;

public sealed class QuotaResetTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("usage limit reached, resets at 2026-11-21T17:00:00Z", "2026-11-21T17:00:00Z")]
    [InlineData("You will regain access on 2026-12-01 at 00:00 UTC.", "2026-12-01T00:00:00Z")]
    [InlineData("Limit resets 2026-11-22 00:00:00 UTC", "2026-11-22T00:00:00Z")]
    [InlineData("Claude AI usage limit reached|1795280400", "2026-11-21T17:00:00Z")]
    [InlineData("Please try again in 1h30m.", "2026-11-21T13:30:00Z")]
    [InlineData("Please try again in 2 days and 3 hours", "2026-11-23T15:00:00Z")]
    [InlineData("Your limit resets at 5pm", "2026-11-21T17:00:00Z")]
    [InlineData("Your limit resets 3am (Europe/Berlin)", "2026-11-22T02:00:00Z")]
    [InlineData("You exceeded your current quota, please check your plan", null)]
    [InlineData("resets at 2020-01-01T00:00:00Z", null)]
    public void Reset_InTheWordsOfEndpoints_IsFound(string words, string? expected) => Assert.Equal(
        expected is null ? null : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
        QuotaReset.Find(words, Now));
}
