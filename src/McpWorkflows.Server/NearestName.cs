namespace McpWorkflows.Server;

/// <summary>Suggests what somebody may have meant.</summary>
internal static class NearestName
{
    /// <summary>The known name nearest to what was written, or null when none is near.</summary>
    public static string? Of(string written, IEnumerable<string> known) => known
        .Select(name => (name, distance: Distance(written.ToLowerInvariant(), name.ToLowerInvariant())))
        .Where(candidate => candidate.distance <= Math.Max(2, candidate.name.Length / 3))
        .OrderBy(candidate => candidate.distance)
        .Select(candidate => candidate.name)
        .FirstOrDefault();

    // Levenshtein's distance, one row at a time.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
