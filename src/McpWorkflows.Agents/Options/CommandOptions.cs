using McpWorkflows.Agents.AgentTypes;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Options;

/// <summary>What a program that is an agent runs with, and who said so.</summary>
internal sealed class CommandOptions
{
    /// <summary>What stands for <c>{model}</c> on the command line; null for nothing.</summary>
    public required Resolved<string?> Model { get; init; }

    public required Resolved<TimeSpan> Timeout { get; init; }

    /// <summary>Silence from the start; null where only programs that have begun to print are watched.</summary>
    public required Resolved<TimeSpan?> Stall { get; init; }

    /// <summary>Null where nobody says: a stall is worth one more try, a failure none.</summary>
    public required Resolved<int?> Retries { get; init; }

    public static CommandOptions Resolve(AgentOptions call, AgentTypeDefinition type, AgentHostOptions options) => new()
    {
        Model = call.Model is not null ? new(call.Model, Origin.Call) : type.Model is not null ? new(type.Model, Origin.AgentType) : new(null, Origin.Default),
        Timeout = Positive(call.Timeout) is { } timeout ? new(timeout, Origin.Call)
            : Positive(type.Command!.TimeoutSeconds) is { } limit ? new(limit, Origin.AgentType)
            : new(options.CommandAgentTime, Origin.Default),
        Stall = Positive(call.Stall) is { } stall ? new(stall, Origin.Call)
            : Positive(type.Command!.StallSeconds) is { } silence ? new(silence, Origin.AgentType)
            : new(null, Origin.Default),
        Retries = call.Retries is >= 0 ? new(call.Retries, Origin.Call) : new(null, Origin.Default),
    };

    /// <summary>JSON as <see cref="AgentOutcome.Resolved"/> states it.</summary>
    public string ToJson() => OriginWriter.Write(writer =>
    {
        writer.Text("model", Model);
        writer.Milliseconds("stallMs", Stall);
        writer.Milliseconds("timeoutMs", Timeout);
        writer.Number("retries", new Resolved<int>(Retries.Value ?? 0, Retries.From));
    });

    private static TimeSpan? Positive(TimeSpan? time) => time is { } given && given > TimeSpan.Zero ? given : null;

    private static TimeSpan? Positive(double? seconds) => seconds is > 0 and < 1e7 ? TimeSpan.FromSeconds(seconds.Value) : null;
}
