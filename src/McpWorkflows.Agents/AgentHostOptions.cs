using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Journal;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents;

/// <summary>Settings of <see cref="ChatAgentHost"/>.</summary>
public sealed class AgentHostOptions
{
    /// <summary>Models and keys.</summary>
    public required ModelConfiguration Models { get; init; }

    /// <summary>Prices that go before the built-in ones; the first that fits counts.</summary>
    public IReadOnlyList<ModelPrice> Prices { get; init; } = [];

    /// <summary>Prices of models that have no other: not to be trusted with a lower price than the known one.</summary>
    public IReadOnlyList<ModelPrice> SparePrices { get; init; } = [];

    /// <summary>Gives the calling client's own model for a run id, as provider <c>client</c>; null where the client offers none.</summary>
    public Func<string, IChatClient?>? FindClient { get; init; }

    /// <summary>
    /// Attempts after the first that failed, where the script does not say; at a rate limit that does not say how long to wait
    /// there may be more, for about 90 times <see cref="RetryDelay"/>.
    /// </summary>
    /// <value>3</value>
    public int Retries { get; init; } = 3;

    /// <summary>Wait before the first retry; doubles with each further one, and is spread at random.</summary>
    /// <value>1 s</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest wait before a retry, where the endpoint does not say how long it should be; at a rate limit it is no more than
    /// four times <see cref="RetryDelay"/>.
    /// </summary>
    /// <value>60 s</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The longest wait that an endpoint may ask for; one that asks for more has no quota left, and the run waits for
    /// that rather than the call.
    /// </summary>
    /// <value>5 min</value>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

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

    /// <summary>Time a search may take, or the reading of one page.</summary>
    /// <value>20 s</value>
    public TimeSpan MaxSearchTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Connections to one model server.</summary>
    /// <value>64</value>
    public int MaxConnections { get; init; } = 64;

    /// <summary>What agents may do beyond reading the workspace.</summary>
    /// <value>Nothing</value>
    public GrantedTools Granted { get; init; } = GrantedTools.None;

    /// <summary>
    /// Of a workspace and a model, <c>provider/name</c> or <c>command/type</c>: why agents there must not run on it, naming the
    /// rule and its file; null when they may.
    /// </summary>
    /// <value>Any model</value>
    public Func<string, string, string?>? RefuseModel { get; init; }

    /// <summary>The same of a workspace and a tool; <c>command_agents</c> stands for programs that bring tools of their own.</summary>
    /// <value>Any tool</value>
    public Func<string, string, string?>? RefuseTool { get; init; }

    /// <summary>What confines commands.</summary>
    /// <value>bubblewrap where it is installed</value>
    public SandboxMode Sandbox { get; init; }

    /// <summary>MCP servers whose tools agents may select, by name. None is started before an agent selects one of its tools.</summary>
    /// <value>None</value>
    public IReadOnlyDictionary<string, McpServerDefinition> McpServers { get; init; } = new Dictionary<string, McpServerDefinition>();

    /// <summary>Time an MCP server may take to start, and to answer one call.</summary>
    /// <value>60 s</value>
    public TimeSpan McpTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time a command may take, where the agent does not say; at most five times that when it does.</summary>
    /// <value>120 s</value>
    public TimeSpan CommandTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Time a command agent may take, where neither its type nor the call says.</summary>
    /// <value>30 min</value>
    public TimeSpan CommandAgentTime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Silence after which a command agent that had begun to print is restarted, where neither its type nor the call says; tools of its own may take long.</summary>
    /// <value>10 min</value>
    public TimeSpan CommandAgentStall { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The folder whose <c>.mcpworkflows/agents</c> and <c>.claude/agents</c> hold the user's own agent types; empty for none.</summary>
    /// <value>The user's home</value>
    public string UserHome { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>
    /// Of a pool and its width: slots that all processes with the same journal share, for the requests to a provider whose settings bound
    /// them. Asked again for each request while it gives null: there is no journal yet, and the bound holds for this host alone.
    /// </summary>
    /// <value>Nothing is shared</value>
    public Func<string, int, IAgentSlots?>? ShareSlots { get; init; }

    /// <summary>Told, in one sentence each, of what a person should know and no run asks about; from any thread.</summary>
    public Action<string>? OnNotice { get; init; }

    /// <summary>Spans also carry prompts, answers, and arguments and results of tools.</summary>
    /// <value>false</value>
    public bool TraceContent { get; init; }

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
        Check(McpTime > TimeSpan.Zero && McpTime <= TimeSpan.FromHours(1), nameof(McpTime), "must be more than 0 and an hour or less");
        Check(CommandTime > TimeSpan.Zero && CommandTime <= TimeSpan.FromHours(1), nameof(CommandTime), "must be more than 0 and an hour or less");
        Check(CommandAgentTime > TimeSpan.Zero && CommandAgentTime <= TimeSpan.FromDays(1), nameof(CommandAgentTime), "must be more than 0 and a day or less");
        Check(CommandAgentStall > TimeSpan.Zero && CommandAgentStall <= TimeSpan.FromDays(1), nameof(CommandAgentStall), "must be more than 0 and a day or less");
        Check(Granted is not null, nameof(Granted), "must be set");
        foreach (var (name, server) in McpServers)
        {
            Check(server.Problem is null, $"{nameof(McpServers)}['{name}']", $"cannot be used: {server.Problem}");
        }

        static void Check(bool valid, string name, string rule)
        {
            if (!valid)
            {
                throw new ArgumentException($"{nameof(AgentHostOptions)}.{name} {rule}.", name);
            }
        }
    }
}
