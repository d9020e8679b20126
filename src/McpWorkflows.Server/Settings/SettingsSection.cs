using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Server.Settings;

/// <summary>
/// One object of a settings file, read key by key. What was not asked for when the reading ends is warned of, with the
/// name that was probably meant. Getters give null for absent keys and null values.
/// </summary>
internal sealed class SettingsSection
{
    private readonly SettingsFile file;
    private readonly string path;
    private readonly SettingsValue value;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    /// <param name="path">Dotted, from the file's root; empty for the root.</param>
    /// <exception cref="SettingsException">It is no object.</exception>
    public SettingsSection(SettingsFile file, string path, SettingsValue value)
    {
        this.file = file;
        this.path = path;
        this.value = value;
        if (value.Kind != JsonTokenType.StartObject)
            throw file.Error(value.Line, path, "must be an object in braces");
    }

    public SettingsFile File => file;

    /// <summary>All members, for sections whose keys are names that people choose.</summary>
    public IEnumerable<(string Name, SettingsValue Value)> All
    {
        get
        {
            known.UnionWith(value.Members.Select(member => member.Name));
            return value.Members;
        }
    }

    public SettingsSection? Section(string name) => Find(name) is { } found ? new SettingsSection(file, PathOf(name), found) : null;

    public SettingsSection Section(string name, SettingsValue member) => new(file, PathOf(name), member);

    public string? Text(string name) => Find(name) is { } found ? Text(name, found) : null;

    public string Text(string name, SettingsValue member) => member is { Kind: JsonTokenType.String, Raw.Length: > 0 }
        ? member.Raw
        : throw Error(name, member, $"must be a text in quotes that is not empty, not {member.Raw}");

    public string? Choice(string name, params string[] choices)
    {
        if (Find(name) is not { } found)
            return null;
        var text = Text(name, found);
        if (choices.Contains(text))
            return text;
        var nearest = NearestName.Find(text, choices) is { } near ? $" Did you mean \"{near}\"?" : "";
        throw Error(name, found, $"must be one of {string.Join(", ", choices)}, not \"{text}\".{nearest}");
    }

    public long? Whole(string name, long least, long most)
    {
        if (Find(name) is not { } found)
            return null;
        return found.Kind == JsonTokenType.Number && long.TryParse(found.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw Error(name, found, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most}, not {found.Raw}"));
    }

    public decimal? Amount(string name)
    {
        if (Find(name) is not { } found)
            return null;
        return found.Kind == JsonTokenType.Number && decimal.TryParse(found.Raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount >= 0
            ? amount
            : throw Error(name, found, $"must be a number that is 0 or more, not {found.Raw}");
    }

    /// <summary>A text that must be of a kind: <paramref name="read"/> gives null for one that is not.</summary>
    public T? Read<T>(string name, Func<string, T?> read, string rule)
        where T : struct => Find(name) is { } found ? read(Text(name, found)) ?? throw Error(name, found, $"{rule}, not \"{found.Raw}\"") : null;

    public Uri? Address(string name)
    {
        if (Find(name) is not { } found)
            return null;
        return Uri.TryCreate(Text(name, found), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw Error(name, found, $"must be an http or https URL, not \"{found.Raw}\"");
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { } found)
            return [];
        return found.Kind == JsonTokenType.StartArray
            ? [.. found.Items.Select(item => Text(name, item))]
            : throw Error(name, found, "must be a list of texts in brackets");
    }

    /// <summary>Texts by name; <c>${NAME}</c> in them stands for an environment variable.</summary>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        if (Section(name) is not { } section)
            return new Dictionary<string, string>();
        return section.All.ToDictionary(
            member => member.Name,
            member => Variables.Expand(section.Text(member.Name, member.Value), missing => section.Warn(member.Value, member.Name, $"names the environment variable {missing}, which is not set")),
            StringComparer.Ordinal);
    }

    public bool? Flag(string name) => Find(name) switch
    {
        null => null,
        { Kind: JsonTokenType.True } => true,
        { Kind: JsonTokenType.False } => false,
        var found => throw Error(name, found, $"must be true or false, not {found.Raw}"),
    };

    /// <summary>0 for a key that is absent.</summary>
    public int LineOf(string name) => Find(name)?.Line ?? 0;

    /// <summary>What stands there; null for nothing.</summary>
    public JsonTokenType? KindOf(string name) => Find(name)?.Kind;

    public bool Has(string name) => Find(name) is not null;

    public SettingsException Error(string name, SettingsValue member, string rule) => file.Error(member.Line, PathOf(name), rule);

    public void Warn(SettingsValue member, string name, string text) => file.Warn(member.Line, PathOf(name), text);

    /// <summary>Takes a key out, with a warning that says why.</summary>
    public void Refuse(string name, string why)
    {
        if (Find(name) is { } found)
            Warn(found, name, why);
    }

    /// <summary>Warns of keys that nothing asked for.</summary>
    public void Close()
    {
        foreach (var (name, member) in value.Members.Where(member => !known.Contains(member.Name)))
        {
            var nearest = NearestName.Find(name, known) is { } near ? $"Did you mean \"{near}\"?" : $"Known here: {string.Join(", ", known.Order())}.";
            Warn(member, name, $"is not a known setting and is ignored. {nearest}");
        }
    }

    /// <summary>The same as an error, where what is misspelt must not pass.</summary>
    /// <exception cref="SettingsException">There is a key that nothing asked for.</exception>
    public void CloseStrictly()
    {
        foreach (var (name, member) in value.Members.Where(member => !known.Contains(member.Name)))
        {
            var nearest = NearestName.Find(name, known) is { } near ? $"Did you mean \"{near}\"?" : $"Known here: {string.Join(", ", known.Order())}";
            throw Error(name, member, $"is not a known rule. {nearest}");
        }
    }

    private SettingsValue? Find(string name)
    {
        known.Add(name);
        // Of keys that stand twice the last one counts, as JSON readers have it.
        var found = value.Members.LastOrDefault(member => member.Name == name).Value;
        return found is null or { Kind: JsonTokenType.Null } ? null : found;
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
