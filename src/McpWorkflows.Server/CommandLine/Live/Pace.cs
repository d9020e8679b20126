namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>How fast agents come to their ends, over the last minute; from that, how long those asked for will take.</summary>
internal sealed class Pace
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(3);

    /// <summary>Fewer ends say nothing.</summary>
    private const int FewestEnds = 4;

    private readonly Queue<(DateTimeOffset Time, int Done)> samples = new();

    /// <param name="done">Calls that ended after having been at work.</param>
    /// <returns>How long the agents that were asked for will take; null while that cannot be told.</returns>
    public TimeSpan? Left(DateTimeOffset now, int done, int left)
    {
        if (samples.Count == 0 || samples.Last() is var last && (last.Done != done || now - last.Time > TimeSpan.FromSeconds(1)))
            samples.Enqueue((now, done));
        while (samples.Count > 2 && now - samples.Peek().Time > Window)
            samples.Dequeue();
        var (since, before) = samples.Peek();
        var ends = done - before;
        return left == 0 || ends < FewestEnds || now - since < Least ? null : (now - since) * ((double)left / ends);
    }
}
