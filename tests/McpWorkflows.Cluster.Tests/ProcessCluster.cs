using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Testing.Models;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Cluster.Tests;

/// <summary>Servers and workers as processes of the built executable, with a real broker, a real database and a counting model endpoint.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    /// <summary>Guards against a test that hangs; processes and servers are started within it, on machines that have much else to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The published program where this names one, as people have it; else the build of these tests.</summary>
    private static readonly string Program = Environment.GetEnvironmentVariable("MCPWORKFLOWS_PROGRAM") is { Length: > 0 } published
        ? Path.GetFullPath(published)
        : Path.Combine(AppContext.BaseDirectory, "mcp-workflows");

    private readonly string folder = Directory.CreateTempSubdirectory("mcpworkflows-cluster-").FullName;
    private readonly ConcurrentDictionary<Process, ConcurrentQueue<string>> processes = new();
    private readonly ConcurrentDictionary<string, Process> keys = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly CancellationTokenSource deadline;
    private DatabaseJournal? journal;

    private ProcessCluster(string broker, string database, ModelServer model, TimeSpan patience)
    {
        Broker = broker;
        Database = database;
        Model = model;
        deadline = new CancellationTokenSource(patience);
    }

    public string Broker { get; }

    public string Database { get; }

    public ModelServer Model { get; }

    public CancellationToken Token => deadline.Token;

    public string Folder => folder;

    /// <param name="boundedTo">Requests at a time to the provider "bounded", which is there then and asks the same endpoint.</param>
    public static async Task<ProcessCluster> StartAsync(
        ModelHandler answer, int concurrency, RabbitServer? rabbit = null, PostgresServer? postgres = null, TimeSpan? patience = null, int? boundedTo = null)
    {
        postgres ??= await PostgresServer.SharedAsync();
        rabbit ??= await RabbitServer.SharedAsync();
        var parts = (await postgres.CreateDatabaseAsync()).Split(';').Select(static part => part.Split('=')).ToDictionary(static part => part[0], static part => part[1]);
        var cluster = new ProcessCluster(
            rabbit.TakeVirtualHost(),
            $"postgres://{parts["Username"]}@{parts["Host"]}:{parts["Port"]}/{parts["Database"]}",
            await ModelServer.StartAsync(answer),
            patience ?? Patience);
        var settings = Directory.CreateDirectory(Path.Combine(cluster.folder, "home", ".mcpworkflows"));
        Directory.CreateDirectory(Path.Combine(cluster.folder, "work"));
        var models = boundedTo is { } most
            ? $$""", "models": { "providers": { "bounded": { "kind": "openai", "baseUrl": "{{cluster.Model.BaseUrl}}", "apiKeyEnv": "OPENAI_API_KEY", "maxConcurrency": {{most}} } } }"""
            : "";
        await File.WriteAllTextAsync(Path.Combine(settings.FullName, "settings.json"), $$"""{ "concurrency": {{concurrency}}, "allow": ["write"]{{models}} }""");
        return cluster;
    }

    public async Task<DatabaseJournal> JournalAsync() => journal ??= await DatabaseJournal.OpenAsync(new JournalOptions { Path = Database, Patience = TimeSpan.FromMinutes(1) }, Token);

    public Process StartWorker(int width, params string[] more) => Start(["worker", "--width", width.ToString(CultureInfo.InvariantCulture), "--drain", "5", .. more]);

    public Process StartRun(string script, string? workspace = null) =>
        Start(["run", Write(script), "--json", "--model", "openai/test-model", "--workspace", workspace ?? Path.Combine(folder, "work")]);

    public Process StartServer() => Start(["serve", "--http", "--port", "0", "--model", "openai/test-model", "--workspace", Path.Combine(folder, "work")]);

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = Path.Combine(folder, "home");
        start.Environment["MCPWORKFLOWS_JOURNAL"] = Database;
        start.Environment["MCPWORKFLOWS_DISPATCH"] = Broker;
        start.Environment["OPENAI_BASE_URL"] = Model.BaseUrl;
        var key = $"key-{Guid.NewGuid():N}";
        start.Environment["OPENAI_API_KEY"] = key;
        var process = keys[key] = Process.Start(start)!;
        process.StandardInput.Close();
        var said = processes[process] = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>What a process has printed.</summary>
    public string Said(Process process) => string.Join('\n', processes[process]);

    /// <summary>The process that asks this; each has a key of its own.</summary>
    public Process Asker(ModelCall call) => keys[call.ApiKey!];

    /// <summary>The answer of a server's tool, as text.</summary>
    public async Task<string> CallToolAsync(Process server, string tool, object arguments)
    {
        Match address;
        while (!(address = Regex.Match(Said(server), "Serving MCP on (http://[^ ]+/mcp)")).Success)
        {
            await Task.Delay(20, Token);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address.Groups[1].Value)
        {
            Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "tools/call", @params = new { name = tool, arguments } }),
        };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await http.SendAsync(request, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    /// <summary>Waits until it is so; fails after the shared time with what there is instead.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, Func<string> instead)
    {
        try
        {
            while (!await condition())
            {
                await Task.Delay(50, Token);
            }
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            Assert.Fail($"{instead()}\n{string.Join('\n', processes.Keys.Select(Said))}");
        }
    }

    public async Task WorkersAsync(int count)
    {
        var ledger = (await JournalAsync()).Dispatch!;
        while ((await ledger.ListWorkersAsync(Token)).Count != count)
        {
            await Task.Delay(50, Token);
        }
    }

    /// <summary>The run, when it has ended.</summary>
    public async Task<RunRecord> EndAsync(Process run)
    {
        await run.WaitForExitAsync(Token);
        var found = (await (await JournalAsync()).ListRunsAsync(1, Token)).FirstOrDefault();
        Assert.True(found is not null && run.ExitCode is 0 or 3, $"exit code {run.ExitCode}\n{Said(run)}");
        return found!;
    }

    public static void Kill(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }

    public static void Terminate(Process process)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes.Keys)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        if (journal is not null)
        {
            await journal.DisposeAsync();
        }

        await Model.DisposeAsync();
        http.Dispose();
        deadline.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string Write(string script)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.js");
        File.WriteAllText(path, $"export const meta = {{ name: 'cluster', description: 'A test' }};\n{script}");
        return path;
    }
}
