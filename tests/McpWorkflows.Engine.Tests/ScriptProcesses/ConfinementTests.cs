using System.Diagnostics;
using System.Globalization;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

public sealed class ConfinementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConfinedProcess_OnLinux_CanComputeAndNothingElse()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has these filters.");
        using var probe = Start(ConfinedProbe.Verb);
        var said = await probe.StandardOutput.ReadToEndAsync(Cancellation).WaitAsync(Patience, Cancellation);

        Assert.Contains("no network, no programs, no other processes, no files but to read", said, StringComparison.Ordinal);
        Assert.Contains("bounded address space", said, StringComparison.Ordinal);
        foreach (var denied in new[] { "socket", "program", "write", "folder", "delete", "signal" })
            Assert.Contains($"{denied}: refused", said, StringComparison.Ordinal);
        Assert.Contains("thread: done", said, StringComparison.Ordinal);
        Assert.Contains("collection: done", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScriptProcess_WhoseServerIsKilled_EndsByItself()
    {
        using var server = Start(ParentProbe.Verb);
        var id = int.Parse((await server.StandardOutput.ReadLineAsync(Cancellation).AsTask().WaitAsync(Patience, Cancellation))!, CultureInfo.InvariantCulture);
        using var script = Process.GetProcessById(id);
        server.Kill();
        await script.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task ScriptProcess_IsStartedWithoutTheServersEnvironment()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Read from /proc.");
        await using var processes = TestProcesses.Start();
        processes.Warm();
        var id = processes.Processes[0].ProcessId;
        string[] names;
        do
            names = [.. (await File.ReadAllTextAsync($"/proc/{id}/environ", Cancellation)).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0])];
        while (names.Length == 0);

        Assert.All(names, name => Assert.StartsWith("DOTNET_", name, StringComparison.Ordinal));
        Assert.Equal("/", new DirectoryInfo($"/proc/{id}/cwd").ResolveLinkTarget(true)!.FullName);
    }

    private static Process Start(string verb)
    {
        var command = TestProcesses.Options.Command;
        return Process.Start(new ProcessStartInfo(command[0], [.. command.Skip(1).Take(command.Count - 2), verb]) { RedirectStandardOutput = true })!;
    }
}
