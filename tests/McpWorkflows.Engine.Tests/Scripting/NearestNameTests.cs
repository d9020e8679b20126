using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public class NearestNameTests
{
    [Theory]
    [InlineData("code-reveiw", "code-review")]
    [InlineData("FANOUT", "fan-out")]
    [InlineData("zzzzzz", null)]
    public void Find_Typo_GivesTheNearNameOnly(string written, string? expected) =>
        Assert.Equal(expected, NearestName.Find(written, ["code-review", "fan-out", "pipeline"]));
}
