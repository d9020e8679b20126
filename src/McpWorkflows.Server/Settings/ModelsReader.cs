using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Server.Settings;

/// <summary>Reads the section <c>models</c>.</summary>
internal static class ModelsReader
{
    public static ModelSettings Read(SettingsSection? models)
    {
        if (models is null)
            return new ModelSettings();
        var settings = new ModelSettings
        {
            Default = models.Text("default"),
            Aliases = Aliases(models.Section("aliases")),
            Providers = models.File.IsProject ? RefuseProviders(models) : Providers(models.Section("providers")),
        };
        models.Close();
        return settings;
    }

    private static Dictionary<string, string> Aliases(SettingsSection? section)
    {
        var aliases = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in section?.All ?? [])
            aliases[name] = section!.Text(name, value);
        return aliases;
    }

    private static ProviderSettings[] RefuseProviders(SettingsSection models)
    {
        models.Refuse("providers", ProjectRules.Refusal);
        return [];
    }

    private static ProviderSettings[] Providers(SettingsSection? section) =>
        [.. (section?.All ?? []).Select(member => Provider(section!, member.Name, section!.Section(member.Name, member.Value), member.Value))];

    private static ProviderSettings Provider(SettingsSection providers, string name, SettingsSection provider, SettingsValue value)
    {
        if (name.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter is not ('-' or '_' or '.')) || name is "rehearsal" or "client")
            throw providers.Error(name, value, "cannot be a provider's name: use lower-case letters, digits, '-', '_' and '.', and neither rehearsal nor client");
        var kind = provider.Choice("kind", "openai", "azure", "anthropic") ?? (name is "azure" or "anthropic" ? name : "openai");
        var settings = new ProviderSettings
        {
            Name = name,
            Kind = kind switch { "azure" => ProviderKind.Azure, "anthropic" => ProviderKind.Anthropic, _ => ProviderKind.OpenAI },
            BaseUrl = provider.Address("baseUrl"),
            ApiKeyEnv = provider.Text("apiKeyEnv"),
            Headers = provider.Map("headers"),
            Deployment = provider.Text("deployment"),
            ApiVersion = provider.Text("apiVersion"),
            RequestsPerMinute = (int?)provider.Whole("requestsPerMinute", 1, 1_000_000_000),
            TokensPerMinute = provider.Whole("tokensPerMinute", 1, 1_000_000_000_000),
            MaxConcurrency = (int?)provider.Whole("maxConcurrency", 1, 10_000),
        };
        provider.Refuse("apiKey", "is not read from the file, so that the key does not stand in it: put the key into an environment variable and name that with apiKeyEnv");
        provider.Close();
        return settings;
    }
}
