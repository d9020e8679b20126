using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.CommandLine;

namespace McpWorkflows.Server.Tests.CommandLine;

public class ProgressLinesTests
{
    [Fact]
    public void Add_SameCauseAgain_IsNotSpeltOutAgain()
    {
        var writer = new StringWriter();
        var lines = new ProgressLines(writer);

        foreach (var (label, cause) in new[] { ("a", "No server answers."), ("b", "No server answers."), ("c", "Something else.") })
            lines.Add(new RunEvent(1, DateTimeOffset.UnixEpoch, "call", $$"""{"state":"failed","label":"{{label}}","cause":"{{cause}}"}"""));
        lines.Flush();

        Assert.Equal(["failed: a: No server answers.", "failed: b: as before", "failed: c: Something else."], writer.ToString().TrimEnd().Split('\n'));
    }
}
