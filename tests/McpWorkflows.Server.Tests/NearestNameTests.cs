namespace McpWorkflows.Server.Tests;

public class NearestNameTests
{
    [Theory]
    [InlineData("code-reveiw", "code-review")]
    [InlineData("FANOUT", "fan-out")]
    [InlineData("zzzzzz", null)]
    public void Of_Typo_FindsTheNearNameOnly(string written, string? expected) =>
        Assert.Equal(expected, NearestName.Of(written, ["code-review", "fan-out", "pipeline"]));
}
