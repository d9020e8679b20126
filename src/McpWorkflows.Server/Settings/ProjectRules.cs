namespace McpWorkflows.Server.Settings;

/// <summary>
/// What the settings of a project may say. A project may come from anywhere: it can choose among what the user has set
/// up and lower ceilings, but not bring in servers, keys, commands or rights of its own.
/// </summary>
internal static class ProjectRules
{
    public const string Refusal = "is ignored in a project's file, which others may have written: put it into ~/.mcpworkflows/settings.json";

    /// <summary>The user's settings with those of the project on top.</summary>
    public static ProductSettings Merge(ProductSettings user, ProductSettings project) => new()
    {
        Models = new()
        {
            Default = project.Models.Default ?? user.Models.Default,
            Aliases = Merge(user.Models.Aliases, project.Models.Aliases),
            Providers = user.Models.Providers,
        },
        Prices = user.Prices,
        SparePrices = project.Prices,
        Budget = user.Budget.Within(project.Budget),
        Concurrency = BudgetSettings.Lower(user.Concurrency, project.Concurrency),
        McpServers = user.McpServers,
        Granted = user.Granted,
        Plan = user.Plan.Within(project.Plan),
        Sandbox = project.Sandbox ?? user.Sandbox,
        TraceContent = user.TraceContent,
        Detach = user.Detach,
        Tasks = user.Tasks,
        Dispatch = user.Dispatch,
        Lessons = user.Lessons with { Use = user.Lessons.Use && project.Lessons.Use },
        Warnings = [.. user.Warnings, .. project.Warnings],
    };

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> user, IReadOnlyDictionary<string, string> project)
    {
        var merged = new Dictionary<string, string>(user, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, model) in project)
            merged[name] = model;
        return merged;
    }
}
