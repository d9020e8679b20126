namespace McpWorkflows.Journal.Postgres.Slots;

/// <summary>
/// A block of slots is a row that is its holder's until its time is over. Blocks grow one at a time, under the pool's lock, and
/// count whatever rows there are: rows whose time is over are deleted before, and a renewal that is under way makes the deletion
/// wait for it. Renewals and returns need no lock.
/// </summary>
internal static class SlotStatements
{
    /// <summary><c>$1</c>: the pool. In a statement of its own, since the next ones must see what the last holder of the lock did.</summary>
    public const string Lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 1297105751))";

    /// <summary>Pool, owner, turn, used, held, wanted, lease. Spare slots are kept only if the block was there all the time.</summary>
    public const string Enter = """
        WITH gone AS (DELETE FROM Slots WHERE Pool = $1 AND Owner <> $2 AND Until <= clock_timestamp())
        INSERT INTO Slots AS s (Pool, Owner, Turn, Held, Wanted, Until) VALUES ($1, $2, $3, $4, $6, clock_timestamp() + $7)
        ON CONFLICT (Pool, Owner) DO UPDATE
        SET Turn = $3, Held = CASE WHEN s.Until > clock_timestamp() THEN least($5, greatest(s.Held, $4)) ELSE $4 END, Wanted = $6, Until = clock_timestamp() + $7
        WHERE s.Turn < $3
        """;

    /// <summary>Pool, owner, turn, width.</summary>
    public const string Grow = $"""
        UPDATE Slots s SET Held = s.Held + greatest(0, least(s.Wanted - s.Held, share.MyLimit - s.Held, share.Free))
        FROM (SELECT $1 AS Pool, $2 AS Owner, $4 AS Width) p CROSS JOIN LATERAL ({ShareOfAll}{Share}) share
        WHERE s.Pool = $1 AND s.Owner = $2 AND s.Turn = $3
        RETURNING s.Held
        """;

    /// <summary>Arrays of pools, owners, turns, held and wanted; the lease.</summary>
    public const string Keep = """
        UPDATE Slots s SET Turn = r.Turn, Held = least(s.Held, r.Held), Wanted = r.Wanted, Until = clock_timestamp() + $6
        FROM unnest($1, $2, $3, $4, $5) AS r (Pool, Owner, Turn, Held, Wanted)
        WHERE s.Pool = r.Pool AND s.Owner = r.Owner AND s.Turn < r.Turn AND s.Until > clock_timestamp()
        RETURNING s.Owner, s.Held
        """;

    /// <summary>Arrays of pools, owners and turns.</summary>
    public const string Leave = """
        DELETE FROM Slots s USING unnest($1, $2, $3) AS r (Pool, Owner, Turn)
        WHERE s.Pool = r.Pool AND s.Owner = r.Owner AND s.Turn < r.Turn
        """;

    /// <summary>Arrays of pools, owners and widths.</summary>
    public const string Look = $"""
        SELECT p.Owner, share.MyLimit, share.Free, share.Others
        FROM unnest($1, $2, $3) AS p (Pool, Owner, Width) CROSS JOIN LATERAL ({ShareOfLiving}{Share}) share
        """;

    private const string ShareOfAll = "WITH there AS (SELECT * FROM Slots WHERE Pool = p.Pool), ";

    private const string ShareOfLiving = "WITH there AS (SELECT * FROM Slots WHERE Pool = p.Pool AND Until > clock_timestamp()), ";

    /// <summary>
    /// The share of <c>p.Owner</c> in <c>p.Width</c> slots of <c>p.Pool</c>: all others get what they want as long as that is no
    /// more than equal shares, and the rest have equal shares of what then is left. What cannot be shared equally goes to
    /// some of them, by turns. Where no other wants more than it has there is nothing to be shared out: it costs a sum then.
    /// </summary>
    private const string Share = """
        asking AS (
            SELECT Owner, Held::int AS Held, Wanted > Held AS Wants, CASE WHEN Owner = p.Owner THEN p.Width ELSE least(greatest(Held, Wanted), p.Width) END::int AS Demand
            FROM there),
        served AS (
            SELECT sum(Demand) OVER (ORDER BY Demand, Owner) - Demand AS Before, count(*) OVER () - row_number() OVER (ORDER BY Demand, Owner) + 1 AS Rest
            FROM asking WHERE EXISTS (SELECT 1 FROM asking WHERE Wants AND Owner <> p.Owner)),
        levels AS (SELECT coalesce(max((p.Width - Before) / Rest), p.Width) AS Level FROM served),
        pool AS (
            SELECT Level, coalesce(sum(Held), 0) AS Held, p.Width - coalesce(sum(least(Demand, Level)), 0) AS Rem,
                count(*) FILTER (WHERE Demand > Level) AS Capped, count(*) FILTER (WHERE Demand > Level AND Owner < p.Owner) AS Place,
                count(*) FILTER (WHERE Wants AND Owner <> p.Owner) AS Others
            FROM levels LEFT JOIN asking ON true GROUP BY Level)
        SELECT Level + CASE WHEN Capped > 0 AND mod(mod(Place - floor(extract(epoch FROM statement_timestamp())) * Rem, Capped) + Capped, Capped) < Rem THEN 1 ELSE 0 END AS MyLimit,
            (p.Width - Held)::bigint AS Free, Others
        FROM pool
        """;
}
