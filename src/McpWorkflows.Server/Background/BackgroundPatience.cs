using System.Globalization;

namespace McpWorkflows.Server.Background;

/// <summary>How long the background server is waited for.</summary>
internal sealed record BackgroundPatience
{
    /// <summary>Seconds for all of the waits; for machines on which processes start slowly.</summary>
    private const string Variable = "MCPWORKFLOWS_BACKGROUND_PATIENCE_SECONDS";

    /// <summary>By a client that needs it, which starts it as well. Hosts give up on a server that is silent for ten seconds.</summary>
    /// <value>9 s.</value>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>By a client that can do without it, once it has answered.</summary>
    /// <value>3 s.</value>
    public TimeSpan Join { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>By a client that can do without it, to find out whether it answers.</summary>
    /// <value>1 s.</value>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>By a person who asks how it is, or ends it.</summary>
    /// <value>5 s.</value>
    public TimeSpan Question { get; init; } = TimeSpan.FromSeconds(5);

    /// <param name="variable">Reads an environment variable.</param>
    public static BackgroundPatience Read(Func<string, string?> variable) =>
        double.TryParse(variable(Variable), CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 3_600
            ? For(TimeSpan.FromSeconds(seconds))
            : new BackgroundPatience();

    private static BackgroundPatience For(TimeSpan all) => new() { Start = all, Join = all, Probe = all, Question = all };
}
