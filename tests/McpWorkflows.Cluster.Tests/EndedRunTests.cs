namespace McpWorkflows.Cluster.Tests;

public sealed class EndedRunTests
{
    /// <summary>An agent that nobody wants any more costs money for nothing, and the message that says so may be lost.</summary>
    [Fact]
    public async Task Calls_GoneWithTheirRunWithoutAWord_AreStoppedOnTheWorker()
    {
        await using var cluster = await TestCluster.StartAsync();
        var began = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        var host = new DelegateHost(async (request, _, cancellationToken) =>
        {
            if (request.Prompt == "next")
            {
                return DelegateHost.Answer(request.Prompt);
            }

            began.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                stopped.SetResult();
            }

            return DelegateHost.Answer("");
        });
        var worker = cluster.AddWorker(host, width: 1);
        var leaving = cluster.AddOwner();
        using var cancellation = new CancellationTokenSource();
        var asked = cluster.AskAsync(leaving, "hello", cancellationToken: cancellation.Token);
        var waiting = cluster.AskAsync(leaving, "waits", cancellationToken: cancellation.Token);
        await began.Task.WaitAsync(cluster.Token);
        await cluster.UntilAsync(() => cluster.Ledger.Posted == 2);

        // Tells nobody, as a server does that is cut off or killed while another one cancels the run.
        leaving.Leave();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        cluster.Ledger.End("wf_test");

        await stopped.Task.WaitAsync(cluster.Token);
        Assert.Equal("\"next\"", (await cluster.AskAsync(cluster.AddOwner(), "next")).AnswerJson);
        await cluster.UntilAsync(() => worker.AtWork == 0);
        Assert.Equal(2, host.Asked);
    }
}
