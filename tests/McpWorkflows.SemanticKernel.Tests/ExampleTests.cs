using System.Diagnostics;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.SemanticKernel.Tests;

/// <summary>The example in which an agent of Semantic Kernel uses the server as a tool.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Agent_WithTheServerAsATool_RunsAWorkflowAndReports()
    {
        const string Script = """
            export const meta = { name: 'two', description: 'Two agents' }
            return await parallel(['tea', 'coffee'].map(what => () => agent(`About ${what}`, { label: what })))
            """;
        await using var server = await ModelServer.StartAsync(call =>
            call.Prompt.StartsWith("About", StringComparison.Ordinal) ? ModelReply.Text($"{call.Prompt[6..]} is hot")
            : call.Turn == 0 ? ModelReply.Call("workflows-start_workflow", new { script = Script, waitSeconds = 45 })
            : ModelReply.Text($"The workflow says: {call.ToolResults[^1].Content}"));
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var bin = here.Parent!.Parent!.FullName;
        var folder = Directory.CreateTempSubdirectory("mcpworkflows-example-");
        try
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(bin, "WorkflowAgent", here.Name, "WorkflowAgent.dll"), "Run it."])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["OPENAI_BASE_URL"] = server.BaseUrl;
            start.Environment["OPENAI_API_KEY"] = "key";
            start.Environment["MODEL"] = "test-model";
            start.Environment["MCPWORKFLOWS_MODEL"] = "openai/test-model";
            start.Environment["MCPWORKFLOWS_JOURNAL"] = Path.Combine(folder.FullName, "journal.db");
            start.Environment["HOME"] = folder.FullName;

            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.True(process.ExitCode == 0, output + await errors);
            Assert.Contains("tea is hot", output, StringComparison.Ordinal);
            Assert.Contains("coffee is hot", output, StringComparison.Ordinal);
            Assert.Contains("Agents run on Semantic Kernel", await errors, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
