using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Server.Settings;

/// <summary>
/// Reads <c>~/.mcpworkflows/settings.json</c> and a workspace's <c>.mcpworkflows/settings.json</c>, which goes before it.
/// The environment goes before both, and the command line before the environment.
/// </summary>
internal static class SettingsReader
{
    private const int DefaultConcurrency = 16;

    /// <exception cref="SettingsException">A file cannot be used.</exception>
    public static ProductSettings Read(string userHome, string workspace)
    {
        var userFile = Path.Combine(userHome, ".mcpworkflows", "settings.json");
        var projectFile = Path.Combine(workspace, ".mcpworkflows", "settings.json");
        var user = Read(new SettingsFile(userFile, "~/.mcpworkflows/settings.json", isProject: false));
        return userFile == projectFile
            ? user
            : ProjectRules.Merge(user, Read(new SettingsFile(projectFile, ".mcpworkflows/settings.json", isProject: true)));
    }

    public static ProductSettings Read(SettingsFile file)
    {
        if (file.Read() is not { } root)
            return new ProductSettings();
        root.Has("$schema");
        var settings = new ProductSettings
        {
            Models = ModelsReader.Read(root.Section("models")),
            Prices = Prices(root.Section("prices")),
            Budget = Budget(root.Section("budget")),
            // A project without a word of the user's on it can only lower the default.
            Concurrency = (int?)root.Whole("concurrency", 1, file.IsProject ? DefaultConcurrency : 1_000),
            McpServers = Own(root, "mcpServers") ? McpServersReader.Read(root.Section("mcpServers")) : new Dictionary<string, McpServerDefinition>(),
            Granted = Own(root, "allow") ? Granted(root) : GrantedTools.None,
            Sandbox = Sandbox(root),
            // What agents read and say is the user's to give away.
            TraceContent = Own(root, "traceContent") && root.Flag("traceContent") == true,
            Plan = PlanSettings.Read(root.Section("plan")),
            Detach = Own(root, "detach") ? root.Flag("detach") : null,
            Tasks = Own(root, "tasks") ? root.Flag("tasks") : null,
            Dispatch = Own(root, "dispatch") ? root.Text("dispatch") : null,
            Lessons = LessonSettings.Read(root.Section("lessons")),
        };
        // Policies are read anew whenever they are asked for; here a fault in one is found at the start.
        PolicyReader.Read(root.Section("policy"), "");
        root.Close();
        return settings with { Warnings = file.Warnings };
    }

    private static bool Own(SettingsSection root, string name)
    {
        if (root.File.IsProject)
            root.Refuse(name, ProjectRules.Refusal);
        return !root.File.IsProject;
    }

    private static SandboxMode? Sandbox(SettingsSection root)
    {
        var sandbox = root.Choice("sandbox", "auto", "bwrap", "none");
        // A project may ask for less freedom, not for more.
        if (sandbox is "auto" or "none" && root.File.IsProject)
        {
            root.Refuse("sandbox", ProjectRules.Refusal);
            return null;
        }

        return sandbox switch { "auto" => SandboxMode.Auto, "bwrap" => SandboxMode.Bwrap, "none" => SandboxMode.None, _ => null };
    }

    private static GrantedTools Granted(SettingsSection root)
    {
        var granted = GrantedTools.Parse(root.Texts("allow"), out var problem);
        return problem is null ? granted : throw root.File.Error(root.LineOf("allow"), "allow:", problem.TrimEnd('.'));
    }

    private static BudgetSettings Budget(SettingsSection? section)
    {
        if (section is null)
            return new BudgetSettings(null, null);
        var budget = new BudgetSettings(section.Whole("tokens", 1, 1_000_000_000_000), section.Amount("dollars"));
        section.Close();
        return budget;
    }

    private static ModelPrice[] Prices(SettingsSection? section) => [.. (section?.All ?? []).Select(member =>
    {
        var price = section!.Section(member.Name, member.Value);
        var read = new ModelPrice(
            member.Name,
            price.Amount("input") ?? throw section.Error(member.Name, member.Value, "lacks \"input\": US dollars per million tokens"),
            price.Amount("cachedInput"),
            price.Amount("output") ?? throw section.Error(member.Name, member.Value, "lacks \"output\": US dollars per million tokens"));
        price.Choice("currency", "USD");
        price.Close();
        return read;
    })];
}
