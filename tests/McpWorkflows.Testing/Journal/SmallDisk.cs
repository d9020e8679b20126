using System.Diagnostics;
using Xunit;

namespace McpWorkflows.Testing.Journal;

/// <summary>A small disk of its own, where the test may mount one; only root on Linux may.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo folder;

    private SmallDisk(DirectoryInfo folder) => this.folder = folder;

    public string Folder => folder.FullName;

    /// <summary>Skips the test, with the reason, where nothing can be mounted.</summary>
    public static SmallDisk MountOrSkip(string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a disk of its own: mounts a tmpfs, which only Linux has.");
        var folder = Directory.CreateTempSubdirectory("mcpworkflows-disk-");
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder.FullName) != 0)
        {
            folder.Delete();
            Assert.Skip("Needs a disk of its own, and this account may not mount a tmpfs.");
        }

        return new SmallDisk(folder);
    }

    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", Folder));

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        folder.Delete();
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
