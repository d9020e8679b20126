using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Tests.Processes;
using McpWorkflows.Testing.Journal;

namespace McpWorkflows.Journal.Tests;

public sealed class DiskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_DiskFull_SaysSoAndGoesOnWhenThereIsSpaceAgain()
    {
        using var disk = SmallDisk.MountOrSkip("2m");
        var path = Path.Combine(disk.Folder, "journal.db");
        await using var journal = await SqliteJournal.OpenAsync(new JournalOptions { Path = path }, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await journal.SettleAsync("wf_1", 1);
        var ballast = Path.Combine(disk.Folder, "ballast");
        await FillAsync(ballast);

        var answer = $"\"{new string('a', 100_000)}\"";
        var full = await Assert.ThrowsAsync<JournalException>(() => journal.SettleAsync("wf_1", 2, answer));

        Assert.Equal(
            "The disk that holds the journal 'journal.db' is full. Free some space: what was finished is kept.",
            full.Message);
        Assert.Equal([1], (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
        File.Delete(ballast);
        await journal.SettleAsync("wf_1", 2, answer);
        Assert.Equal([1, 2], (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
    }

    [Fact]
    public async Task Open_ReadOnlyDisk_SaysSo()
    {
        using var disk = SmallDisk.MountOrSkip("2m");
        var options = new JournalOptions { Path = Path.Combine(disk.Folder, "journal.db") };
        await (await SqliteJournal.OpenAsync(options, Cancellation)).DisposeAsync();
        disk.MakeReadOnly();

        Assert.Contains("read-only", (await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(options, Cancellation))).Message, StringComparison.Ordinal);

        var elsewhere = options with { Path = Path.Combine(disk.Folder, "new", "journal.db") };
        Assert.Contains("--journal", (await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(elsewhere, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_ReadOnlyDiskForOneWhoLooks_ReadsAndRefusesToWrite(bool closedWell)
    {
        using var disk = SmallDisk.MountOrSkip("4m");
        var options = new JournalOptions { Path = Path.Combine(disk.Folder, "the journal.db") };
        using (var child = JournalChild.Start("each", options.Path, "wf_1"))
        {
            await child.ReadAsync();
            await child.TellAsync("settle");
            Assert.Equal("settled", await child.ReadAsync());
            await (closedWell ? child.EndInputAsync() : child.KillAsync());
        }

        disk.MakeReadOnly();
        await using var journal = await SqliteJournal.OpenAsync(options with { AllowReadOnly = true }, Cancellation);

        Assert.Equal(RunState.Interrupted, (await journal.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.Equal("wf_1", (await journal.ListRunsAsync(9, Cancellation)).Single().Id);
        Assert.Single(await journal.ReadSettledAsync("wf_1", Cancellation));
        Assert.Contains("read-only", (await Assert.ThrowsAsync<JournalException>(() => journal.TryLeaseAsync("wf_1", Cancellation))).Message, StringComparison.Ordinal);
        Assert.Same(RunRequests.None, await journal.ReadRequestsAsync(Cancellation));
    }

    [Fact]
    public async Task Open_FileWithoutRightToWrite_SaysSo()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Permissions do not bind root.");
        using var file = new JournalFile();
        await (await file.OpenAsync()).DisposeAsync();
        File.SetAttributes(file.Path, FileAttributes.ReadOnly);

        Assert.Contains("read-only", (await Assert.ThrowsAsync<JournalException>(file.OpenAsync)).Message, StringComparison.Ordinal);
    }

    /// <summary>Writes until nothing more fits.</summary>
    private static async Task FillAsync(string path)
    {
        await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                await stream.WriteAsync(new byte[4_096], Cancellation);
            }
        }
        catch (IOException)
        {
            // The disk is full, as it should be.
        }
    }
}
