namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// What those who use the database find of its outages. Each outage is told once when it begins and once when it is over,
/// however many meet it.
/// </summary>
/// <param name="name">What the journal is called in messages.</param>
internal sealed class OutageBoard(string name, Action<string>? report, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly HashSet<OutageWitness> witnesses = [];
    private volatile string? cause;
    private DateTimeOffset since;

    /// <summary>While there is one: a sentence for people.</summary>
    public string? Now
    {
        get
        {
            lock (gate)
            {
                return cause is null ? null : $"The journal '{name}' cannot be reached since {since:HH:mm:ss} UTC ({cause}). Its runs wait until it is back.";
            }
        }
    }

    public void Lost(OutageWitness witness, string because)
    {
        lock (gate)
        {
            witnesses.Add(witness);
            if (cause is not null)
            {
                return;
            }

            cause = because;
            since = time.GetUtcNow();
        }

        report?.Invoke($"The journal '{name}' cannot be reached ({because}). Its runs wait until it is back.");
    }

    /// <summary>The outage is over when it is for all who met it.</summary>
    public void Back(OutageWitness witness)
    {
        if (cause is null)
        {
            return;
        }

        TimeSpan lasted;
        lock (gate)
        {
            if (!witnesses.Remove(witness) || witnesses.Count > 0)
            {
                return;
            }

            cause = null;
            lasted = time.GetUtcNow() - since;
        }

        report?.Invoke($"The journal '{name}' is back after {lasted.TotalSeconds:0} s; its runs go on.");
    }
}

/// <summary>Who found the database away, and will find that it is back.</summary>
internal enum OutageWitness
{
    /// <summary>The writer of runs.</summary>
    Writer,

    /// <summary>The writer of calls handed to workers.</summary>
    Ledger,

    /// <summary>Somebody who asked, and got no answer.</summary>
    Asker,
}
