using System.Text.Json;

namespace McpWorkflows.Server.Settings;

/// <summary>
/// Reads the section <c>policy</c>. A rule that is misspelt is an error here and no warning: it would lift what somebody meant
/// to forbid.
/// </summary>
internal static class PolicyReader
{
    /// <exception cref="SettingsException">Something in the section is no rule.</exception>
    public static PolicyRules? Read(SettingsSection? section, string file)
    {
        if (section is null)
            return null;
        var (off, workflows) = Workflows(section);
        var rules = new PolicyRules(file)
        {
            Off = off,
            Workflows = workflows,
            Agents = section.Whole("agents", 0, 1_000),
            Tokens = section.Whole("tokens", 1, 1_000_000_000_000),
            Dollars = section.Amount("dollars"),
            Concurrency = section.Whole("concurrency", 1, 1_000),
            Minutes = section.Amount("minutes"),
            Models = section.Has("models") ? section.Texts("models") : null,
            Tools = section.Has("tools") ? section.Texts("tools") : null,
        };
        section.CloseStrictly();
        return rules;
    }

    private static (bool Off, IReadOnlyList<string>? Names) Workflows(SettingsSection section) => section.KindOf("workflows") switch
    {
        null => (false, null),
        JsonTokenType.StartArray => (false, section.Texts("workflows")),
        _ => section.Choice("workflows", "off", "named", "any") switch
        {
            "off" => (true, null),
            "named" => (false, ["*"]),
            _ => (false, null),
        },
    };
}
