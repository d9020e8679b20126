// Runs a workflow through the MCP server and prints its result: what an agent application does, in sixty lines.
//
//   dotnet run --project examples/client -- examples/fan-out.js
//   dotnet run --project examples/client -- examples/fan-out.js '["tea","coffee"]' openai/gpt-5-mini
//
// The arguments: a script, its args as JSON, and a model. Without a model the rehearsal makes the answers up.
// MCPWORKFLOWS_SERVER names another mcp-workflows.dll to start.

using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

var script = args.ElementAtOrDefault(0) ?? "examples/fan-out.js";
var model = args.ElementAtOrDefault(2) ?? "rehearsal";
var server = Environment.GetEnvironmentVariable("MCPWORKFLOWS_SERVER")
    ?? Path.Combine(AppContext.BaseDirectory, "../../McpWorkflows.Server", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/', '\\')), "mcp-workflows.dll");

// The server is a child process that speaks the protocol on its standard input and output; keys reach it by environment.
await using var client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
{
    Name = "workflows",
    Command = "dotnet",
    Arguments = [server, "serve"],
    StandardErrorLines = Console.Error.WriteLine,
}));

foreach (var tool in await client.ListToolsAsync())
{
    Console.Error.WriteLine($"tool {tool.Name}: {tool.Description.Split('.')[0]}");
}

var request = new Dictionary<string, object?> { ["scriptPath"] = script, ["model"] = model };
if (args.Length > 1)
{
    request["args"] = JsonSerializer.Deserialize<JsonElement>(args[1]);
}

// The start returns at once; the run goes on in the server while this program may do something else.
var status = await CallAsync("start_workflow", request);
while (status.GetProperty("state").GetString() == "running")
{
    Console.Error.WriteLine($"{status.GetProperty("runId")} is running");
    status = await CallAsync("get_status", new() { ["runId"] = status.GetProperty("runId").GetString(), ["waitSeconds"] = 45 });
}

Console.WriteLine(status.TryGetProperty("result", out var result) ? result.GetRawText() : "null");
Console.Error.WriteLine($"{status.GetProperty("state")}: {status.GetProperty("next")}");
return status.GetProperty("state").GetString() == "completed" ? 0 : 1;

async Task<JsonElement> CallAsync(string tool, Dictionary<string, object?> arguments)
{
    var answer = await client.CallToolAsync(tool, arguments);
    if (answer.IsError == true)
    {
        // A tool error is written for whoever can mend it: it names the cause and the remedy.
        Console.Error.WriteLine(string.Join('\n', answer.Content.OfType<TextContentBlock>().Select(block => block.Text)));
        Environment.Exit(1);
    }

    return answer.StructuredContent ?? throw new InvalidOperationException($"{tool} gave no structured content.");
}
