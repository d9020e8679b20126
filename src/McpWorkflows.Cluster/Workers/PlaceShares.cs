namespace McpWorkflows.Cluster.Workers;

/// <summary>How a worker's places are divided among the needs it can meet.</summary>
internal static class PlaceShares
{
    /// <summary>
    /// Each need gets the places it wants as far as an equal division allows; those that nobody wants are divided equally, so that the
    /// next call of any need finds one.
    /// </summary>
    /// <param name="wanted">For each need, its calls: those that the worker has, and those that wait.</param>
    public static int[] Of(int places, IReadOnlyList<int> wanted)
    {
        var shares = new int[wanted.Count];
        var left = places;
        var order = Enumerable.Range(0, shares.Length).OrderBy(need => wanted[need]).ToArray();
        for (var rank = 0; rank < order.Length; rank++)
        {
            left -= shares[order[rank]] = Math.Min(wanted[order[rank]], left / (order.Length - rank));
        }

        var rest = order.OrderBy(need => shares[need]).ToArray();
        for (var rank = 0; rank < rest.Length; rank++)
        {
            var more = (left + rest.Length - rank - 1) / (rest.Length - rank);
            shares[rest[rank]] += more;
            left -= more;
        }

        return shares;
    }
}
