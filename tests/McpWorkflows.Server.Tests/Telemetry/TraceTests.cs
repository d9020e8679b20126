using System.Diagnostics;
using McpWorkflows.Engine.Telemetry;
using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Telemetry;

/// <summary>The real executable, a model server and a collector, all on real sockets.</summary>
public sealed class TraceTests
{
    private const string Secret = "quokka";

    private const string Script = """
        phase('Look')
        const first = await agent('Read the file about quokka.', { label: 'reader' })
        phase('Judge')
        const rest = await parallel([
          () => agent('Judge ' + first, { label: 'judge' }),
          () => agent('No label: quokka.'),
        ])
        return first
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WithCollector_SendsRunPhasesAgentsModelCallsAndToolCalls()
    {
        await using var bench = await StartAsync();
        await using var collector = await Collector.StartAsync();

        var run = await RunAsync(bench, collector.Variables(), "run", bench.Write("traced", Script), "--json");

        Assert.Equal(0, run.ExitCode);
        var root = collector.Span("invoke_workflow traced");
        Assert.Equal(RunTraceId.Of(run.RunId).ToHexString(), root.TraceId);
        Assert.Equal("", root.ParentId);
        Assert.All(collector.Spans, span => Assert.Equal(root.TraceId, span.TraceId));
        Assert.All(collector.Spans, span => Assert.True(span.End >= span.Start, span.Name));
        Assert.Equal("completed", root.Tags["mcpworkflows.run.state"]);
        Assert.Equal(3L, root.Tags["mcpworkflows.run.agents"]);
        Assert.Equal("invoke_workflow", root.Tags["gen_ai.operation.name"]);

        var look = collector.Span("phase Look");
        Assert.Equal(root.SpanId, look.ParentId);
        var reader = collector.Span("invoke_agent reader");
        Assert.Equal(look.SpanId, reader.ParentId);
        Assert.True(look.End >= reader.End || reader.End - look.End < 50_000_000, "A phase lasts as long as its agents.");
        Assert.Equal("test-model", reader.Tags["gen_ai.request.model"]);
        Assert.Equal("openai", reader.Tags["gen_ai.provider.name"]);
        Assert.Equal(2L, reader.Tags["mcpworkflows.agent.attempts"]);
        Assert.Equal(300L, reader.Tags["gen_ai.usage.input_tokens"]);

        var chats = collector.Spans.Where(span => span.Name == "chat test-model" && span.ParentId == reader.SpanId).OrderBy(span => span.Start).ToList();
        Assert.Equal(3, chats.Count);
        Assert.All(chats, chat => Assert.Equal(3, chat.Kind));
        Assert.Equal("rate_limit", chats[0].Tags["error.type"]);
        Assert.Equal(2, chats[0].Status);
        Assert.Equal(100L, chats[1].Tags["gen_ai.usage.input_tokens"]);
        Assert.Equal("127.0.0.1", chats[1].Tags["server.address"]);
        Assert.Equal("tool_calls", chats[1].Tags["gen_ai.response.finish_reasons"]);
        var tool = collector.Span("execute_tool read_file");
        Assert.Equal(reader.SpanId, tool.ParentId);
        Assert.Equal(collector.Span("phase Judge").SpanId, collector.Span("invoke_agent judge").ParentId);
        Assert.Equal("mcp-workflows", collector.Resource["service.name"]);
        Assert.DoesNotContain(Secret, collector.Everything);
    }

    [Fact]
    public async Task Run_WithCollector_SendsMeasurements()
    {
        await using var bench = await StartAsync();
        await using var collector = await Collector.StartAsync();

        await RunAsync(bench, collector.Variables(), "run", bench.Write("measured", Script), "--json");

        Assert.Equal(4UL, Sum("gen_ai.client.operation.duration", metric => !metric.Tags.ContainsKey("error.type")).Count);
        Assert.Equal(1UL, Sum("gen_ai.client.operation.duration", metric => metric.Tags.ContainsKey("error.type")).Count);
        Assert.Equal(500, Sum("gen_ai.client.token.usage", metric => metric.Tags["gen_ai.token.type"] is "input").Value);
        Assert.Equal(1, Sum("mcpworkflows.model.retries").Value);
        Assert.Equal(1, Sum("mcpworkflows.model.refusals", metric => metric.Tags["error.type"] is "rate_limit").Value);
        Assert.Equal(16, Sum("mcpworkflows.gate.width").Value);
        Assert.Equal(0, Sum("mcpworkflows.agents.queued").Value);
        Assert.Equal(3UL, Sum("mcpworkflows.agent.queue.duration").Count);
        Assert.Equal(3UL, Sum("mcpworkflows.agent.duration", metric => metric.Tags["mcpworkflows.agent.outcome"] is "succeeded").Count);
        Assert.InRange(Sum("mcpworkflows.journal.commits").Value, 3, 100);
        Assert.True(Sum("mcpworkflows.journal.commit.duration").Value > 0);

        ReceivedMetric Sum(string name, Func<ReceivedMetric, bool>? of = null)
        {
            var found = collector.Metrics.Where(metric => metric.Name == name && of?.Invoke(metric) != false).ToList();
            Assert.True(found.Count > 0, $"{name} is missing. There are: {string.Join(", ", collector.Metrics.Select(metric => metric.Name).Distinct())}");
            return found[0] with { Value = found.Sum(metric => metric.Value), Count = (ulong)found.Sum(metric => (long)metric.Count) };
        }
    }

    [Fact]
    public async Task Run_WhereContentIsWanted_SendsPromptsAndAnswersOverGrpc()
    {
        await using var bench = await StartAsync();
        await using var collector = await Collector.StartAsync();
        var variables = new Dictionary<string, string>(collector.Variables(grpc: true))
        {
            ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true",
            ["OTEL_SERVICE_NAME"] = "my-agents",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=abc",
        };

        await RunAsync(bench, variables, "run", bench.Write("told", Script), "--json");

        var reader = collector.Span("invoke_agent reader");
        Assert.Contains("Read the file about quokka.", (string)reader.Tags["gen_ai.input.messages"]);
        Assert.Contains("an answer", (string)reader.Tags["gen_ai.output.messages"]);
        Assert.Contains("traced.md", (string)collector.Span("execute_tool read_file").Tags["gen_ai.tool.call.arguments"]);
        Assert.Contains("tool_call_response", (string)collector.Spans.Last(span => span.Name == "chat test-model" && span.ParentId == reader.SpanId).Tags["gen_ai.input.messages"]);
        Assert.Equal("my-agents", collector.Resource["service.name"]);
        Assert.Equal("abc", collector.Headers["x-key"]);
    }

    [Fact]
    public async Task Resume_InAnotherProcess_GoesOnInTheSameTrace()
    {
        await using var bench = await TestBench.StartAsync(call => call.Prompt.Contains("two", StringComparison.Ordinal) ? ModelReply.Error(400, "no", "invalid") : ModelReply.Text("one"));
        await using var collector = await Collector.StartAsync();
        var script = bench.Write("resumed", "const a = await agent('one', { label: 'first' })\nconst b = await agent('two', { label: 'second' })\nreturn [a, b]");
        var first = await RunAsync(bench, collector.Variables(), "run", script, "--json");
        bench.Model.Handler = (_, _) => Task.FromResult(ModelReply.Text("two"));

        var second = await RunAsync(bench, collector.Variables(), "resume", first.RunId, "--json");

        Assert.Equal(first.RunId, second.RunId);
        var sessions = collector.Spans.Where(span => span.Name == "invoke_workflow resumed").OrderBy(span => span.Start).ToList();
        Assert.Equal(2, sessions.Count);
        Assert.Equal(sessions[0].TraceId, sessions[1].TraceId);
        Assert.NotEqual(sessions[0].SpanId, sessions[1].SpanId);
        Assert.Equal(2, sessions[0].Status);
        Assert.Equal(true, sessions[1].Tags["mcpworkflows.run.resumed"]);
        Assert.Equal(1L, sessions[1].Tags["mcpworkflows.run.agents_from_journal"]);
        Assert.Single(collector.Spans, span => span.Name == "invoke_agent first");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_WithoutAnAnswerFromTheCollector_EndsAsEver(bool hangs)
    {
        await using var bench = await StartAsync();
        await using var collector = await Collector.StartAsync(hangs);
        var variables = collector.Variables();
        if (!hangs)
        {
            variables = variables.Where(pair => pair.Key != Collector.Timeout).ToDictionary();
            await collector.DisposeAsync();
        }

        var plain = Stopwatch.StartNew();
        await RunAsync(bench, new Dictionary<string, string>(), "run", bench.Write("plain", Script), "--json");
        plain.Stop();
        var watch = Stopwatch.StartNew();
        var run = await RunAsync(bench, variables, "run", bench.Write("alone", Script), "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("completed", run.State);
        // By how long a run takes on this machine just now.
        Assert.True(watch.Elapsed < (4 * plain.Elapsed) + TimeSpan.FromSeconds(15), $"It took {watch.Elapsed.TotalSeconds:0.0} s, and {plain.Elapsed.TotalSeconds:0.0} s without a collector.");
        Assert.DoesNotContain("OTEL", run.Errors);
    }

    [Fact]
    public async Task Run_WithoutVariables_LoadsNothingOfOpenTelemetry()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Hang());
        await using var collector = await Collector.StartAsync();
        var script = bench.Write("plain", "return await agent('x')");

        Assert.DoesNotContain("OpenTelemetry", await MapsAsync(new Dictionary<string, string>()));
        Assert.DoesNotContain("OpenTelemetry", await MapsAsync(new Dictionary<string, string>(collector.Variables()) { ["OTEL_SDK_DISABLED"] = "true" }));
        Assert.Contains("OpenTelemetry", await MapsAsync(collector.Variables()));

        async Task<string> MapsAsync(IReadOnlyDictionary<string, string> variables)
        {
            bench.Model.Log.Clear();
            using var process = bench.Start(variables, "run", script);
            try
            {
                await bench.Model.Log.WaitForCallsAsync(1, TestBench.Patience);
                return await File.ReadAllTextAsync($"/proc/{process.Id}/maps", Cancellation);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(Cancellation);
            }
        }
    }

    /// <summary>The first request is refused by a limit, the second answered with a call of a tool.</summary>
    private static async Task<TestBench> StartAsync()
    {
        var asked = 0;
        var bench = await TestBench.StartAsync(_ => Interlocked.Increment(ref asked) switch
        {
            1 => ModelReply.RateLimited(TimeSpan.FromMilliseconds(20)),
            2 => ModelReply.Call("read_file", new { path = "traced.md" }).WithUsage(100, 10),
            3 => ModelReply.Text("an answer").WithUsage(200, 20),
            _ => ModelReply.Text("another").WithUsage(100, 10),
        });
        await File.WriteAllTextAsync(Path.Combine(bench.Workspace, "traced.md"), "All about the quokka.", Cancellation);
        return bench;
    }

    private static async Task<CliResult> RunAsync(TestBench bench, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        using var process = bench.Start(variables, arguments);
        process.StandardInput.Close();
        var ended = await ServerProcess.EndAsync(process);
        return new CliResult(ended.ExitCode, ended.Output, ended.Error);
    }
}
