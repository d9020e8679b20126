using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Testing.Models;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Cluster.Tests;

/// <summary>Servers and workers as processes of the built executable, with a real broker, a real database and a counting model endpoint.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    /// <summary>The published program where this names one, as people have it; else the build of these tests.</summary>
    private static readonly string Program = Environment.GetEnvironmentVariable("MCPWORKFLOWS_PROGRAM") is { Length: > 0 } published
        ? Path.GetFullPath(published)
        : Path.Combine(AppContext.BaseDirectory, "mcp-workflows");

    private readonly string folder = Directory.CreateTempSubdirectory("mcpworkflows-cluster-").FullName;
    private readonly ConcurrentDictionary<Process, ConcurrentQueue<string>> processes = new();
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

    public static async Task<ProcessCluster> StartAsync(
        ModelHandler answer, int concurrency, RabbitServer? rabbit = null, PostgresServer? postgres = null, TimeSpan? patience = null)
    {
        postgres ??= await PostgresServer.SharedAsync();
        rabbit ??= await RabbitServer.SharedAsync();
        var parts = (await postgres.CreateDatabaseAsync()).Split(';').Select(static part => part.Split('=')).ToDictionary(static part => part[0], static part => part[1]);
        var cluster = new ProcessCluster(
            rabbit.TakeVirtualHost(),
            $"postgres://{parts["Username"]}@{parts["Host"]}:{parts["Port"]}/{parts["Database"]}",
            await ModelServer.StartAsync(answer),
            patience ?? TimeSpan.FromSeconds(120));
        var settings = Directory.CreateDirectory(Path.Combine(cluster.folder, "home", ".mcpworkflows"));
        Directory.CreateDirectory(Path.Combine(cluster.folder, "work"));
        await File.WriteAllTextAsync(Path.Combine(settings.FullName, "settings.json"), $$"""{ "concurrency": {{concurrency}}, "allow": ["write"] }""");
        return cluster;
    }

    public async Task<DatabaseJournal> JournalAsync() => journal ??= await DatabaseJournal.OpenAsync(new JournalOptions { Path = Database }, Token);

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
        start.Environment["OPENAI_API_KEY"] = "none";
        var process = Process.Start(start)!;
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
