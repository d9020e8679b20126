using System.CommandLine;
using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Options that say where a lesson applies.</summary>
internal sealed class LessonScope
{
    private readonly Option<string[]> about = new("--about")
    {
        Description = "A word of the tasks it is about; may be repeated. Without one it is about every task.",
        HelpName = "WORD",
    };

    private readonly Option<string?> audience = new("--for") { Description = "Who is told: agents, planner or all.", HelpName = "WHO" };

    public void AddTo(Command command)
    {
        command.Options.Add(about);
        command.Options.Add(audience);
    }

    /// <summary>Null when nothing was said.</summary>
    public IReadOnlyList<string>? Topics(ParseResult parsed) => parsed.GetResult(about) is null ? null : parsed.GetValue(about) ?? [];

    /// <summary>Null when nothing was said.</summary>
    public LessonAudience? Audience(ParseResult parsed) => parsed.GetValue(audience) switch
    {
        null => null,
        "agents" => LessonAudience.Agents,
        "planner" => LessonAudience.Planner,
        "all" => LessonAudience.All,
        var other => throw new UsageException($"--for must be agents, planner or all, not '{other}'."),
    };
}
