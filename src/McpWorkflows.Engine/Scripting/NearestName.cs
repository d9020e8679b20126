namespace McpWorkflows.Engine.Scripting;

/// <summary>Guesses what was meant by a misspelt name.</summary>
public static class NearestName
{
    /// <summary>The known name within a third of the length in edits, ignoring case; null when none is near.</summary>
    public static string? Find(string given, IEnumerable<string> known)
    {
        string? best = null;
        var bound = Math.Max(2, given.Length / 3) + 1;
        foreach (var name in known)
        {
            var distance = Distance(given.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < bound)
            {
                (best, bound) = (name, distance);
            }
        }

        return best;
    }

    // Levenshtein, one row at a time.
    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 64)
        {
            return int.MaxValue;
        }

        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
