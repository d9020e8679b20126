using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.SemanticKernel.Tests;

/// <summary>What goes to the providers, beyond what all hosts promise.</summary>
public sealed class ConnectorTests
{
    private const string Schema = """{"anyOf":[{"$ref":"#/$defs/n"}],"$defs":{"n":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}""";

    [Fact]
    public async Task Schema_WithoutTools_IsTheResponseFormat()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("""{"answer":{"n":3}}"""));
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl));

        var outcome = await bench.RunAsync(new AgentOptions { SchemaJson = Schema, Tools = [] });

        Assert.Equal("""{"n":3}""", outcome.AnswerJson);
        var call = Assert.Single(server.Log.Calls);
        Assert.Equal("json_schema", call.Body.GetProperty("response_format").GetProperty("type").GetString());
        Assert.Equal("object", call.AnswerSchema!.Value.GetProperty("type").GetString());
        Assert.Empty(call.Tools);
        Assert.Contains(Schema, call.Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_WithTools_DemandsTheFormatOnceAnAnswerMissedIt()
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Text(call.Turn == 0 ? "Three, I think." : """{"n":3}"""));
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl));

        Assert.Equal("""{"n":3}""", (await bench.RunAsync(new AgentOptions { SchemaJson = Schema })).AnswerJson);
        Assert.Equal([false, true], server.Log.Calls.Select(call => call.Body.TryGetProperty("response_format", out _)));
        Assert.All(server.Log.Calls, call => Assert.Equal(3, call.Tools.Count));
    }

    [Fact]
    public async Task Effort_Refused_IsAskedAgainWithLess()
    {
        await using var server = await ModelServer.StartAsync(call => call.Body.TryGetProperty("reasoning_effort", out _)
            ? ModelReply.Error(400, "Unrecognized request argument supplied: reasoning_effort", "invalid_request_error")
            : ModelReply.Text("fine"));
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl));

        Assert.Equal("\"fine\"", (await bench.RunAsync(new AgentOptions { Effort = "max" })).AnswerJson);
        Assert.Equal("xhigh", server.Log.Calls[0].Body.GetProperty("reasoning_effort").GetString());
    }

    [Fact]
    public async Task Azure_IsAskedAtItsOwnAddressWithItsOwnKey()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("fine"));
        using var bench = new KernelBench(new()
        {
            ["MCPWORKFLOWS_MODEL"] = "azure/theirs",
            ["AZURE_OPENAI_ENDPOINT"] = server.Origin,
            ["AZURE_OPENAI_API_KEY"] = "azure-key",
        });

        Assert.Equal("\"fine\"", (await bench.RunAsync()).AnswerJson);
        var call = Assert.Single(server.Log.Calls);
        Assert.Equal(("/openai/v1/chat/completions", "azure-key", "theirs"), (call.Path, call.ApiKey, call.Model));
    }

    [Fact]
    public async Task Anthropic_GoesThroughItsOwnClient_WithToolsAndUsage()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0
            ? ModelReply.Call("list_files", new { pattern = "*" }).WithUsage(10, 1)
            : ModelReply.Answer(call, new { n = 3 }).WithUsage(20, 2));
        using var bench = new KernelBench(new()
        {
            ["MCPWORKFLOWS_MODEL"] = "anthropic/theirs",
            ["ANTHROPIC_BASE_URL"] = server.Origin,
            ["ANTHROPIC_API_KEY"] = "anthropic-key",
        });

        var outcome = await bench.RunAsync(new AgentOptions { SchemaJson = Schema });

        Assert.Equal(("""{"n":3}""", new AgentUsage(30, 3)), (outcome.AnswerJson, outcome.Usage));
        Assert.All(server.Log.Calls, call => Assert.True(call.IsAnthropic));
        Assert.Equal(["list_files *"], bench.ToolCalls);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Name_OfTheAgent_IsNotSent()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0 ? ModelReply.Call("list_files", new { pattern = "*" }) : ModelReply.Text("ok"));
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl));

        await bench.RunAsync();

        Assert.DoesNotContain(
            server.Log.Calls.SelectMany(call => call.Body.GetProperty("messages").EnumerateArray()),
            message => message.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task AgentType_GivesInstructionsAsTheyStand()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var bench = new KernelBench(KernelBench.OpenAI(server.BaseUrl));
        var folder = Directory.CreateDirectory(Path.Combine(bench.Folder, ".mcpworkflows", "agents")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "strict.md"), "---\nname: strict\ntools: Read\n---\nBe strict with {{$braces}} and {{functions.too}}.", TestContext.Current.CancellationToken);

        await bench.RunAsync(new AgentOptions { AgentType = "strict" });

        var call = Assert.Single(server.Log.Calls);
        Assert.StartsWith("Be strict with {{$braces}} and {{functions.too}}.", call.Instructions, StringComparison.Ordinal);
        Assert.Equal("read_file", Assert.Single(call.Tools).Name);
    }
}
