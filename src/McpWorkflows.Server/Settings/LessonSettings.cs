using System.Globalization;

namespace McpWorkflows.Server.Settings;

/// <summary>The section <c>lessons</c>: what past runs teach. Nothing that costs tokens happens unless it is set.</summary>
internal sealed record LessonSettings
{
    /// <summary>Agents and the planner are told the project's lessons.</summary>
    /// <value>true</value>
    public bool Use { get; init; } = true;

    /// <summary>Lessons are gathered after a run from which something can be learnt.</summary>
    /// <value>false</value>
    public bool After { get; init; }

    /// <summary>A server gathers lessons this often; null: never.</summary>
    public TimeSpan? Every { get; init; }

    /// <exception cref="SettingsException">A value is of no use.</exception>
    public static LessonSettings Read(SettingsSection? section)
    {
        if (section is null)
            return new LessonSettings();
        if (section.File.IsProject)
        {
            // Gathering costs the user tokens; a project may only do without.
            section.Refuse("after", ProjectRules.Refusal);
            section.Refuse("every", ProjectRules.Refusal);
        }

        var settings = new LessonSettings
        {
            Use = section.Flag("use") ?? true,
            After = !section.File.IsProject && section.Flag("after") is true,
            Every = section.File.IsProject ? null : section.Read("every", Pause, "must be days, hours or minutes, for example \"24h\", and 10 minutes at least"),
        };
        section.Close();
        return settings;
    }

    private static TimeSpan? Pause(string text)
    {
        TimeSpan? pause = text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 10_000
            ? text[^1] switch { 'd' => TimeSpan.FromDays(number), 'h' => TimeSpan.FromHours(number), 'm' => TimeSpan.FromMinutes(number), _ => null }
            : null;
        return pause >= TimeSpan.FromMinutes(10) ? pause : null;
    }
}
