namespace McpWorkflows.Server.Settings;

/// <summary>Which plans wait for approval: the section <c>plan</c>.</summary>
internal sealed record PlanSettings
{
    /// <summary>Every plan waits, whatever its size and whatever the caller says.</summary>
    public bool Always { get; init; }

    /// <summary>Plans of more agents wait.</summary>
    /// <value>20</value>
    public long Agents { get; init; } = 20;

    /// <summary>Plans that may cost more US dollars wait.</summary>
    /// <value>1</value>
    public decimal Dollars { get; init; } = 1;

    /// <summary>The stricter of both.</summary>
    public PlanSettings Within(PlanSettings other) => new()
    {
        Always = Always || other.Always,
        Agents = Math.Min(Agents, other.Agents),
        Dollars = Math.Min(Dollars, other.Dollars),
    };

    public static PlanSettings Read(SettingsSection? section)
    {
        var settings = new PlanSettings();
        if (section is null)
            return settings;
        settings = settings with { Always = section.Choice("approve", "always", "large") == "always" };
        if (section.Section("approveAbove") is { } above)
        {
            settings = settings with { Agents = above.Whole("agents", 0, 1_000) ?? settings.Agents, Dollars = above.Amount("dollars") ?? settings.Dollars };
            above.Close();
        }

        section.Close();
        return settings;
    }
}
