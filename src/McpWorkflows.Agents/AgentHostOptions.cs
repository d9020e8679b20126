using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Providers;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents;

/// <summary>Settings of <see cref="ChatAgentHost"/>.</summary>
public sealed class AgentHostOptions
{
    /// <summary>Models and keys.</summary>
    public required ModelConfiguration Models { get; init; }

    /// <summary>Prices that go before the built-in ones; the first that fits counts.</summary>
    public IReadOnlyList<ModelPrice> Prices { get; init; } = [];

    /// <summary>Gives the calling client's own model for a run id, as provider <c>client</c>; null where the client offers none.</summary>
    public Func<string, IChatClient?>? FindClient { get; init; }

    /// <summary>Other MCP servers whose tools agents may be given.</summary>
    public IReadOnlyList<McpServerSettings> McpServers { get; init; } = [];

    /// <summary>Tools beyond reading that agents may be given: <c>write_file</c>, <c>edit_file</c>, <c>run_command</c>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary><c>bwrap</c>, <c>none</c>, or null: bwrap where it is installed.</summary>
    public string? Sandbox { get; init; }

    /// <summary>Attempts after the first that failed, where the script does not say.</summary>
    /// <value>3</value>
    public int Retries { get; init; } = 3;

    /// <summary>Wait before the first retry; doubles with each further one, and is spread at random.</summary>
    /// <value>1 s</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before a retry, also when an endpoint asks for more.</summary>
    /// <value>60 s</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Silence after which an attempt is restarted, where the script does not say.</summary>
    /// <value>180 s</value>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Rounds of model request and tool results, where the script does not say.</summary>
    /// <value>50</value>
    public int MaxTurns { get; init; } = 50;

    /// <summary>How often a structured answer that misses its schema is asked for again.</summary>
    /// <value>5</value>
    public int SchemaRetries { get; init; } = 5;

    /// <summary>Characters of a page of <c>read_file</c>.</summary>
    /// <value>50,000</value>
    public int ReadPageCharacters { get; init; } = 50_000;

    /// <summary>Time a search may take.</summary>
    /// <value>20 s</value>
    public TimeSpan MaxSearchTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Connections to one model server.</summary>
    /// <value>64</value>
    public int MaxConnections { get; init; } = 64;

    /// <value>The system's clock</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to below 1, from any thread; they spread retries.</summary>
    /// <value>The shared source</value>
    public Func<double> NextRandom { get; init; } = Random.Shared.NextDouble;

    internal void Validate()
    {
        Check(Models is not null, nameof(Models), "must be set");
        Check(Time is not null, nameof(Time), "must be set");
        Check(NextRandom is not null, nameof(NextRandom), "must be set");
        Check(Retries is >= 0 and <= 100, nameof(Retries), "must be from 0 to 100");
        Check(SchemaRetries is >= 0 and <= 100, nameof(SchemaRetries), "must be from 0 to 100");
        Check(MaxTurns is >= 1 and <= 10_000, nameof(MaxTurns), "must be from 1 to 10,000");
        Check(ReadPageCharacters >= 1_000, nameof(ReadPageCharacters), "must be 1,000 or more");
        Check(MaxConnections >= 16, nameof(MaxConnections), "must be 16 or more: that many agents run at once");
        Check(RetryDelay >= TimeSpan.Zero && RetryDelay <= MaxRetryDelay, nameof(RetryDelay), $"must be from 0 to {nameof(MaxRetryDelay)}");
        Check(MaxRetryDelay <= TimeSpan.FromDays(1), nameof(MaxRetryDelay), "must be a day or less");
        Check(Stall > TimeSpan.Zero && Stall <= TimeSpan.FromDays(1), nameof(Stall), "must be more than 0 and a day or less");
        Check(MaxSearchTime > TimeSpan.Zero, nameof(MaxSearchTime), "must be more than 0");

        static void Check(bool valid, string name, string rule)
        {
            if (!valid)
            {
                throw new ArgumentException($"{nameof(AgentHostOptions)}.{name} {rule}.", name);
            }
        }
    }
}
