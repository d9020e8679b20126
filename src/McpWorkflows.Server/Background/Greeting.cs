using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpWorkflows.Server.Background;

/// <summary>
/// The first line of a connection: who calls and for what. After the answer the stream is MCP's. What another release does
/// not send keeps its default, for which the members that may be absent need setters.
/// </summary>
internal sealed class Greeting
{
    public const string Serve = "serve";
    public const string Status = "status";
    public const string Stop = "stop";

    private const int MaxLine = 16 * 1024;

    // Settings that the background server takes from its own environment, not from its callers'.
    private static readonly string[] Prefixes = ["OPENAI_", "ANTHROPIC_", "AZURE_OPENAI_", "OPENROUTER_", "MCPWORKFLOWS_MODEL"];

    public required string Command { get; init; }

    public required string Version { get; init; }

    public string Workspace { get; set; } = "";

    public string? Model { get; set; }

    public bool ReadOnly { get; set; }

    public IReadOnlyList<string>? Tools { get; set; }

    public bool Tasks { get; set; } = true;

    /// <summary>Hashes of the caller's model settings, by name.</summary>
    public Dictionary<string, string> Environment { get; set; } = [];

    public static Dictionary<string, string> ModelEnvironment() => System.Environment.GetEnvironmentVariables()
        .Cast<System.Collections.DictionaryEntry>()
        .Select(entry => (Name: (string)entry.Key, Value: (string?)entry.Value ?? ""))
        .Where(variable => variable.Value.Length > 0 && Prefixes.Any(prefix => variable.Name.StartsWith(prefix, StringComparison.Ordinal)))
        .ToDictionary(variable => variable.Name, variable => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(variable.Value)))[..16]);

    /// <summary>Names of settings that differ.</summary>
    public static IReadOnlyList<string> Differences(Dictionary<string, string> here, Dictionary<string, string> there) =>
        [.. here.Keys.Union(there.Keys).Where(name => here.GetValueOrDefault(name) != there.GetValueOrDefault(name)).Order(StringComparer.Ordinal)];

    public static Task WriteAsync(Stream stream, Greeting greeting, CancellationToken cancellationToken) =>
        WriteLineAsync(stream, JsonSerializer.Serialize(greeting, GreetingJson.Default.Greeting), cancellationToken);

    public static Task WriteAsync(Stream stream, GreetingAnswer answer, CancellationToken cancellationToken) =>
        WriteLineAsync(stream, JsonSerializer.Serialize(answer, GreetingJson.Default.GreetingAnswer), cancellationToken);

    /// <summary>Null for anything that is no greeting.</summary>
    public static async Task<Greeting?> ReadAsync(Stream stream, CancellationToken cancellationToken) =>
        Parse(await ReadLineAsync(stream, cancellationToken), GreetingJson.Default.Greeting);

    public static async Task<GreetingAnswer?> ReadAnswerAsync(Stream stream, CancellationToken cancellationToken) =>
        Parse(await ReadLineAsync(stream, cancellationToken), GreetingJson.Default.GreetingAnswer);

    private static T? Parse<T>(string? line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return line is null ? null : JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task WriteLineAsync(Stream stream, string line, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    // Byte by byte: what follows the line belongs to somebody else.
    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < MaxLine && await stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]);
            line.Add(one[0]);
        }

        return null;
    }
}

/// <summary>What the background server says to a greeting.</summary>
internal sealed class GreetingAnswer
{
    public required string Version { get; init; }

    public required int ProcessId { get; init; }

    public required int Connections { get; init; }

    public required bool Busy { get; init; }

    /// <summary>Model settings of the caller that are not the server's.</summary>
    public IReadOnlyList<string> Differs { get; set; } = [];

    /// <summary>The server ends now, since it is of another release and has nothing to do: start the caller's.</summary>
    public bool Replace { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Greeting))]
[JsonSerializable(typeof(GreetingAnswer))]
internal sealed partial class GreetingJson : JsonSerializerContext;
