namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>Processes whose ids a shell wrote into files.</summary>
internal static class ProcessFiles
{
    public static bool IsAlive(string pidFile)
    {
        try
        {
            // A zombie waits for its parent to look; it runs no more.
            return File.ReadAllText($"/proc/{File.ReadAllText(pidFile).Trim()}/stat").Split(") ")[^1][0] != 'Z';
        }
        catch (IOException) when (File.Exists(pidFile))
        {
            // It is gone, perhaps since it was looked for.
            return false;
        }
    }

    /// <summary>Waits until the file holds a whole line.</summary>
    public static async Task WrittenAsync(string pidFile)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(HostBench.Patience);
        while (!File.Exists(pidFile) || !(await File.ReadAllTextAsync(pidFile, patience.Token)).EndsWith('\n'))
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
