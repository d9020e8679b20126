using System.Diagnostics;
using McpWorkflows.Server.Tests.EndToEnd;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Crash;

/// <summary>One process that carries a run as far as it gets.</summary>
internal abstract class Attempt(Process process) : IDisposable
{
    public Process Process { get; } = process;

    /// <summary>Starts the script, or goes on with the run if there is one already.</summary>
    public static Attempt Start(TestBench bench, string key, string script, string? runId, bool overMcp)
    {
        string[] arguments = overMcp ? ["serve"] : runId is null ? ["run", script, "--json"] : ["resume", runId, "--json"];
        var process = bench.Start(new Dictionary<string, string> { ["OPENAI_API_KEY"] = key }, arguments);
        return overMcp ? new OverMcp(process, script, runId) : new OnCommandLine(process);
    }

    /// <summary>Completes when the run has ended or the process has died, whichever is first.</summary>
    public abstract Task WorkAsync(CancellationToken cancellationToken);

    public virtual void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill();
        Process.Dispose();
    }

    private sealed class OnCommandLine : Attempt
    {
        private readonly Task<string> output;
        private readonly Task<string> errors;

        public OnCommandLine(Process process)
            : base(process)
        {
            process.StandardInput.Close();
            output = process.StandardOutput.ReadToEndAsync();
            errors = process.StandardError.ReadToEndAsync();
        }

        public override async Task WorkAsync(CancellationToken cancellationToken)
        {
            await Process.WaitForExitAsync(cancellationToken);
            await Task.WhenAll(output, errors);
        }
    }

    /// <summary>As an MCP client drives it: start or resume, then wait for the end, asking again and again.</summary>
    private sealed class OverMcp : Attempt
    {
        private readonly string script;
        private readonly string? runId;

        public OverMcp(Process process, string script, string? runId)
            : base(process)
        {
            this.script = script;
            this.runId = runId;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
        }

        public override async Task WorkAsync(CancellationToken cancellationToken)
        {
            try
            {
                var transport = new StreamClientTransport(Process.StandardInput.BaseStream, Process.StandardOutput.BaseStream);
                await using var client = await McpClient.CreateAsync(transport, cancellationToken: cancellationToken);
                var answer = runId is null
                    ? await CallAsync(client, "start_workflow", "scriptPath", script, cancellationToken)
                    : await CallAsync(client, "resume", "runId", runId, cancellationToken);
                while (answer.GetProperty("state").GetString() == "running")
                    answer = await CallAsync(client, "get_status", "runId", answer.GetProperty("runId").GetString()!, cancellationToken);
            }
            catch (Exception) when (Process.WaitForExit(TimeSpan.FromSeconds(30)))
            {
                // Killed in the middle of a conversation, as it should be.
            }
        }

        private static async Task<System.Text.Json.JsonElement> CallAsync(
            McpClient client, string tool, string name, string value, CancellationToken cancellationToken)
        {
            var arguments = new Dictionary<string, object?> { [name] = value, ["waitSeconds"] = 45 };
            var answer = await client.CallToolAsync(tool, arguments, cancellationToken: cancellationToken);
            return answer.IsError == true
                ? throw new InvalidOperationException(System.Text.Json.JsonSerializer.Serialize(answer.Content))
                : answer.StructuredContent!.Value;
        }
    }
}
