using System.Diagnostics;
using System.Globalization;
using System.Net;
using Xunit;

namespace McpWorkflows.Testing.Servers;

/// <summary>
/// A network of its own for a process (a namespace of Linux), with two cables to the machine's: one can be pulled while the other
/// stays. Nothing in it reaches 127.0.0.1 of the machine; relays on the near ends do.
/// </summary>
public sealed class SplitNetwork : IDisposable
{
    private static int networks;

    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"mcpw{Environment.ProcessId % 100_000}n{Interlocked.Increment(ref networks)}");

    // Of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544).
    private readonly string net = string.Create(CultureInfo.InvariantCulture, $"198.18.{Environment.ProcessId % 250}");

    private SplitNetwork()
    {
    }

    /// <summary>This machine's end of the cable that can be pulled.</summary>
    public IPAddress Cuttable => IPAddress.Parse($"{net}.1");

    /// <summary>This machine's end of the cable that stays.</summary>
    public IPAddress Lasting => IPAddress.Parse($"{net}.5");

    /// <summary>Skips the test, with the reason, where this account may not make networks.</summary>
    public static SplitNetwork CreateOrSkip()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a network namespace, which only Linux has.");
        var network = new SplitNetwork();
        try
        {
            if (!network.TryCreate(out var problem))
            {
                network.Dispose();
                Assert.Skip($"Needs a network namespace, and this account may not make one: {problem}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("Needs a network namespace, and the program 'ip' (package iproute2) is not installed.");
        }

        return network;
    }

    /// <summary>Has the program started within the network.</summary>
    public void Enter(ProcessStartInfo start)
    {
        foreach (var word in new[] { start.FileName, name, "exec", "netns" })
        {
            start.ArgumentList.Insert(0, word);
        }

        start.FileName = "ip";
    }

    public void Cut() => Run("link", "set", Cable(1), "down");

    public void Mend() => Run("link", "set", Cable(1), "up");

    public void Dispose()
    {
        Run("netns", "del", name);

        // Their other ends are gone with the namespace, usually they themselves too.
        Run("link", "del", Cable(1));
        Run("link", "del", Cable(5));
    }

    private static string? Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var problem = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : problem.Trim();
    }

    private string Cable(int number) => string.Create(CultureInfo.InvariantCulture, $"{name}c{number}");

    private bool TryCreate(out string? problem)
    {
        problem = Run("netns", "add", name) ?? Run("-n", name, "link", "set", "lo", "up");
        foreach (var end in new[] { 1, 5 })
        {
            problem ??= Run("link", "add", Cable(end), "type", "veth", "peer", "name", "far", "netns", name)
                ?? Run("addr", "add", $"{net}.{end}/30", "dev", Cable(end))
                ?? Run("link", "set", Cable(end), "up")
                ?? Run("-n", name, "link", "set", "far", "name", $"far{end}")
                ?? Run("-n", name, "addr", "add", $"{net}.{end + 1}/30", "dev", $"far{end}")
                ?? Run("-n", name, "link", "set", $"far{end}", "up");
        }

        return problem is null;
    }
}
