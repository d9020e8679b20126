using System.Text.Json;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>What a finished <c>mcp-workflows</c> left behind.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Errors)
{
    public JsonElement Json
    {
        get
        {
            try
            {
                return JsonElement.Parse(Out);
            }
            catch (JsonException)
            {
                throw new InvalidOperationException($"Standard output is no JSON. {this}");
            }
        }
    }

    public JsonElement Result => Json.GetProperty("result");

    public string RunId => Json.GetProperty("runId").GetString()!;

    public string State => Json.GetProperty("state").GetString()!;

    public int Census(string member) => Json.GetProperty("census").GetProperty(member).GetInt32();

    /// <summary>Everything a person would read.</summary>
    public string Text => Out + Errors;

    public override string ToString() => $"exit code {ExitCode}\n--- out\n{Out}\n--- errors\n{Errors}";
}
