using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Tests.Http;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Tasks;

public class TaskDurabilityTests
{
    private const string OneAgent = "export const meta = { name: 'one', description: 'One agent' }\nreturn await agent('hello')\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Task_ServerKilledAsSoonAsItsIdIsThere_TheNextServerKnowsIt()
    {
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Hang());
        using var folder = new TempFolder().With(model);
        string id;
        using (var first = await ServeAsync(folder))
        {
            var created = await AskAsync(first, "tools/call", new JsonObject { ["name"] = "start_workflow", ["arguments"] = new JsonObject { ["script"] = OneAgent } }, "start_workflow");
            id = created.GetProperty("result").GetProperty("taskId").GetString()!;
            first.Process.Kill(entireProcessTree: true);
            await first.Process.WaitForExitAsync(Cancellation);
        }

        using var second = await ServeAsync(folder);
        var task = (await AskAsync(second, "tasks/get", new JsonObject { ["taskId"] = id }, id)).GetProperty("result");
        second.Process.Kill(entireProcessTree: true);

        // Nobody works at it: it has come to its answer, which says what to do.
        Assert.Equal("completed", task.GetProperty("status").GetString());
        Assert.True(task.GetProperty("result").GetProperty("isError").GetBoolean());
        Assert.Contains("Call resume", task.GetProperty("result").GetProperty("structuredContent").GetProperty("next").GetString());
    }

    private static async Task<Serving> ServeAsync(TempFolder folder)
    {
        var process = ServerProcess.Start(folder.Path, folder.Environment, "serve", "--http", "--port", "0", "--json", "--model", "openai/test-model");
        var line = await process.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(ServerProcess.Timeout, Cancellation);
        return new Serving(process, new Uri(JsonDocument.Parse(line!).RootElement.GetProperty("url").GetString()!));
    }

    private static async Task<JsonElement> AskAsync(Serving server, string method, JsonObject parameters, string name)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = ServerProcess.Timeout };
        var capabilities = new JsonObject { ["extensions"] = new JsonObject { ["io.modelcontextprotocol/tasks"] = new JsonObject() } };
        using var response = await http.SendAsync(HttpBench.Request(server.Url, method, parameters, capabilities, name), Cancellation);
        return HttpBench.Last(await response.Content.ReadAsStringAsync(Cancellation));
    }

    private sealed record Serving(Process Process, Uri Url) : IDisposable
    {
        public void Dispose() => Process.Dispose();
    }
}
