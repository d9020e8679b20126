using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Tests.Processes;

namespace McpWorkflows.Journal.Tests;

/// <summary>A log that ends elsewhere than where the process left it, when that was killed.</summary>
public sealed class LostCommitTests : IDisposable
{
    private const int Settled = 40;

    private readonly JournalFile file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Log => file.Path + "-wal";

    public void Dispose() => file.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(3_000)]
    [InlineData(9_000)]
    public async Task Open_LogCutBeyondTheLastCommit_LosesNothing(int left)
    {
        await WriteAndDieAsync();
        // What a process that died in the middle of a commit had written of it.
        var rest = new byte[10_000];
        new Random(left).NextBytes(rest);
        await using (var log = new FileStream(Log, FileMode.Append))
        {
            await log.WriteAsync(rest.AsMemory(0, left), Cancellation);
        }

        await using var journal = await file.OpenAsync();

        Assert.Empty(journal.Losses);
        Assert.Equal(Enumerable.Range(1, Settled), (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
        Assert.Empty(await journal.ReadEventsAsync("wf_1", 0, 9, Cancellation));
    }

    [Fact]
    public async Task Open_LogCutInside_KeepsAPrefixAndNamesTheLoss()
    {
        await WriteAndDieAsync();
        var whole = await File.ReadAllBytesAsync(Log, Cancellation);
        var mark = Directory.GetFiles(file.Path + ".owners", "*.mark").Single();
        var marked = await File.ReadAllBytesAsync(mark, Cancellation);
        var database = await File.ReadAllBytesAsync(file.Path, Cancellation);
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
        var random = new Random(seed);

        for (var round = 0; round < 20; round++)
        {
            await File.WriteAllBytesAsync(file.Path, database, Cancellation);
            await File.WriteAllBytesAsync(mark, marked, Cancellation);
            File.Delete(file.Path + "-shm");
            // The schema and the run are in the first part.
            await File.WriteAllBytesAsync(Log, whole[..random.Next(whole.Length / 2, whole.Length)], Cancellation);

            await using (var journal = await file.OpenAsync())
            {
                var kept = (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber).ToList();
                Assert.Equal(Enumerable.Range(1, kept.Count), kept);
                Assert.InRange(kept.Count, 1, Settled - 1);

                // One commit to an outcome.
                var loss = Assert.Single(journal.Losses);
                Assert.Equal(Settled - kept.Count, loss.Commits);
                Assert.Equal(["wf_1"], loss.RunIds);
                Assert.Empty(loss.GoneRunIds);
                var told = Assert.Single(await journal.ReadEventsAsync("wf_1", 0, 9, Cancellation));
                Assert.Contains($"has lost its last {loss.Commits.ToString(CultureInfo.InvariantCulture)} commit", told.PayloadJson, StringComparison.Ordinal);
                Assert.Equal(RunState.Interrupted, (await journal.FindRunAsync("wf_1", Cancellation))!.State);
                Assert.True(await journal.TryLeaseAsync("wf_1", Cancellation));
                await journal.SettleAsync("wf_1", kept.Count + 1);
            }

            await using var next = await file.OpenAsync();
            Assert.Empty(next.Losses);
        }
    }

    [Fact]
    public async Task Open_RunLostAsAWhole_IsNamed()
    {
        await using (var journal = await file.OpenAsync())
        {
            await journal.CreateRunAsync(Entries.Run("wf_0"), Cancellation);
        }

        await WriteAndDieAsync();
        File.Delete(Log);
        File.Delete(file.Path + "-shm");

        await using var after = await file.OpenAsync();

        var loss = Assert.Single(after.Losses);
        Assert.Equal(["wf_1"], loss.GoneRunIds);
        Assert.Contains("Run wf_1 is lost.", loss.Message, StringComparison.Ordinal);
        Assert.Null(loss.From);
    }

    [Fact]
    public async Task Open_AfterTheOwnerOfEndedRunsDied_RaisesNoAlarm()
    {
        using var child = JournalChild.Start("end", file.Path, "wf_1");
        Assert.Equal("ended", await child.ReadAsync());
        await using (var living = await file.OpenAsync())
        {
            await child.KillAsync();
            // Takes the chance to forget owners without runs.
            await living.CreateRunAsync(Entries.Run("wf_2"), Cancellation);
        }

        await using var journal = await file.OpenAsync();

        Assert.Empty(journal.Losses);
    }

    private async Task WriteAndDieAsync()
    {
        using var child = JournalChild.Start("each", file.Path, "wf_1");
        Assert.Equal("held", await child.ReadAsync());
        for (var i = 0; i < Settled; i++)
        {
            await child.TellAsync("settle");
            Assert.Equal("settled", await child.ReadAsync());
        }

        await child.KillAsync();
    }
}
