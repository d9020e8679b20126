using System.Collections.Concurrent;
using System.Globalization;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Settings;

/// <summary>
/// What the machine, the user and the project allow, all at once: of several rules the stricter one wins. Files are looked at
/// whenever a run starts, and for its calls every tenth of a second, so that a rule holds from the moment it is written. A policy
/// that cannot be read forbids everything.
/// </summary>
internal sealed class Policies : IRunPolicy
{
    private const FileAttributes Absent = (FileAttributes)(-1);

    /// <summary>A call asks once for its model and once for each tool; looking at the files each time costs more than the rest of the call.</summary>
    private const long FreshMs = 100;

    private readonly string _userHome;
    private readonly IReadOnlyList<(string Path, string ShownAs)> _ofMachine;
    private readonly ConcurrentDictionary<string, Known> _read = new(StringComparer.Ordinal);

    /// <param name="machine">The machine's file.</param>
    /// <param name="added">A further file, which must be there; null for none.</param>
    public Policies(string userHome, string machine, string? added)
    {
        _userHome = userHome;
        _ofMachine = string.IsNullOrEmpty(added) ? [(machine, machine)] : [(machine, machine), (added, added)];
        Added = string.IsNullOrEmpty(added) ? null : added;
    }

    private string? Added { get; }

    /// <exception cref="SettingsException">A policy cannot be read.</exception>
    public RunCaps Caps(string workspace)
    {
        var rules = Rules(workspace);
        return new RunCaps
        {
            Agents = Lowest(rules, rule => rule.Agents, "agents"),
            Tokens = Lowest(rules, rule => rule.Tokens, "tokens"),
            Dollars = Lowest(rules, rule => rule.Dollars, "dollars"),
            Concurrency = Lowest(rules, rule => rule.Concurrency, "concurrency"),
            Time = Lowest(rules, rule => rule.Minutes, "minutes"),
        };
    }

    public string? Refuse(string workspace, string? savedAs) => First(() => Rules(workspace), rules =>
    {
        if (rules.Off)
            return $"Workflows are turned off: policy.workflows is \"off\" in {rules.File}.";
        if (rules.Workflows is not { } allowed || (savedAs is not null && allowed.Any(pattern => NamePattern.Fits(pattern, savedAs))))
            return null;
        var names = allowed is ["*"] ? "" : $" of these names: {string.Join(", ", allowed)}";
        return $"{(savedAs is null ? "This script" : $"The workflow '{savedAs}'")} may not run: policy.workflows in {rules.File} allows only saved workflows{names}. Start one by its name.";
    });

    /// <summary>Why agents there must not run on a model, <c>provider/name</c>; null when they may.</summary>
    public string? RefuseModel(string workspace, string model) => First(() => RecentRules(workspace), rules =>
        rules.Models is { } allowed && !allowed.Any(pattern => NamePattern.FitsModel(pattern, model))
            ? $"The model {model} is not allowed: policy.models in {rules.File} allows {Listed(allowed)}."
            : null);

    /// <summary>Why agents there must not have a tool; null when they may.</summary>
    public string? RefuseTool(string workspace, string tool) => First(() => RecentRules(workspace), rules =>
        rules.Tools is { } allowed && !allowed.Any(pattern => NamePattern.Fits(pattern, tool))
            ? $"not allowed: policy.tools in {rules.File} allows {Listed(allowed)}"
            : null);

    private static string? First(Func<IReadOnlyList<PolicyRules>> rules, Func<PolicyRules, string?> refusal)
    {
        try
        {
            return rules().Select(refusal).FirstOrDefault(found => found is not null);
        }
        catch (SettingsException fault)
        {
            return $"Nothing may run while a policy cannot be read: {fault.Message}";
        }
    }

    private static RunCap? Lowest(IReadOnlyList<PolicyRules> rules, Func<PolicyRules, decimal?> of, string name) => rules
        .Where(rule => of(rule) is not null)
        .OrderBy(of)
        .Select(rule => new RunCap(of(rule)!.Value, $"policy.{name} in {rule.File}"))
        .FirstOrDefault();

    private static string Listed(IReadOnlyList<string> allowed) => allowed.Count == 0 ? "none" : string.Join(", ", allowed);

    private IReadOnlyList<PolicyRules> RecentRules(string workspace) =>
        _read.TryGetValue(workspace, out var known) && Environment.TickCount64 - known.LookedAt < FreshMs ? known.Rules : Rules(workspace);

    private IReadOnlyList<PolicyRules> Rules(string workspace)
    {
        var now = Environment.TickCount64;
        var files = Files(workspace).ToList();
        var stamp = string.Join('|', files.Select(file => Stamp(file.Path)));
        if (_read.TryGetValue(workspace, out var known) && known.Stamp == stamp)
        {
            known.LookedAt = now;
            return known.Rules;
        }

        if (Added is not null && !File.Exists(Added))
            throw new SettingsException($"{MachinePolicy.Variable} names {Added}, which does not exist. Create it, or unset the variable.");
        List<PolicyRules> rules = [.. files.Select(Read).OfType<PolicyRules>()];
        _read[workspace] = new Known(stamp, rules) { LookedAt = now };
        return rules;
    }

    private IEnumerable<(string Path, string ShownAs, bool IsProject)> Files(string workspace)
    {
        foreach (var (path, shownAs) in _ofMachine)
            yield return (path, shownAs, false);
        var user = Path.Combine(_userHome, ".mcpworkflows", "settings.json");
        var project = Path.Combine(workspace, ".mcpworkflows", "settings.json");
        yield return (user, "~/.mcpworkflows/settings.json", false);
        if (project != user)
            yield return (project, ".mcpworkflows/settings.json", true);
    }

    private static PolicyRules? Read((string Path, string ShownAs, bool IsProject) file) =>
        PolicyReader.Read(new SettingsFile(file.Path, file.ShownAs, file.IsProject).Read()?.Section("policy"), file.ShownAs);

    /// <summary>Changes with the file. A file that must not be looked at is not one that is absent.</summary>
    private static string Stamp(string path)
    {
        try
        {
            // Asked for each call of an agent, and nearly always of files that are not there: without an exception for that.
            var file = new FileInfo(path);
            return file.Attributes == Absent ? "" : string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}:{file.Length}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{path} cannot be read: {(failure is UnauthorizedAccessException ? "access is denied" : "the file system failed")}.");
        }
    }

    private sealed class Known(string stamp, IReadOnlyList<PolicyRules> rules)
    {
        private long _lookedAt;

        public string Stamp => stamp;

        public IReadOnlyList<PolicyRules> Rules => rules;

        /// <summary>By the process's clock, in milliseconds.</summary>
        public long LookedAt
        {
            get => Volatile.Read(ref _lookedAt);
            set => Volatile.Write(ref _lookedAt, value);
        }
    }
}
