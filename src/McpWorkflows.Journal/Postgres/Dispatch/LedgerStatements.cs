namespace McpWorkflows.Journal.Postgres.Dispatch;

/// <summary>
/// The ledger's statements. Each may be repeated with the same token when its acknowledgement was lost, and says the same again.
/// Where a call is meant, its key is <c>$1</c> to <c>$4</c> and the attempt <c>$5</c>.
/// </summary>
internal static class LedgerStatements
{
    private const string Key = "c.RunId = $1 AND c.Hash = $2 AND c.Ordinal = $3 AND c.Kind = $4";

    /// <summary><c>$5</c>: the owner, <c>$6</c>: the request.</summary>
    public const string Post = """
        INSERT INTO DispatchedCalls AS c (RunId, Hash, Ordinal, Kind, Attempt, Claims, Withdrawn, RequestJson)
        SELECT $1, $2, $3, $4, 1, 0, 0, $6 FROM Runs WHERE Id = $1 AND LeaseOwner = $5
        ON CONFLICT (RunId, Hash, Ordinal, Kind) DO UPDATE
        SET Attempt = c.Attempt + 1, Claims = 0, Withdrawn = 0, Worker = NULL, Token = NULL, OutcomeJson = NULL, RequestJson = excluded.RequestJson
        WHERE c.Withdrawn <> 0
        """;

    /// <summary>What there is after <see cref="Post"/>; <c>$5</c>: the owner. No row when the run is not the owner's.</summary>
    public const string Posted = $"""
        SELECT c.Attempt, c.OutcomeJson, w.Name
        FROM DispatchedCalls c JOIN Runs r ON r.Id = c.RunId LEFT JOIN Workers w ON w.Name = c.Worker AND w.Until > clock_timestamp()
        WHERE {Key} AND r.LeaseOwner = $5
        """;

    /// <summary>
    /// <c>$6</c>: the worker, <c>$7</c>: the token. A claim that another one overtook is none, even if the statement began
    /// before the other worker was known to live: hence the comparison with the token that the statement saw first.
    /// </summary>
    public const string Claim = $"""
        WITH seen AS (SELECT c.Token FROM DispatchedCalls c WHERE {Key}),
        taken AS (
            UPDATE DispatchedCalls c SET Worker = $6, Token = $7, Claims = c.Claims + CASE WHEN c.Token = $7 THEN 0 ELSE 1 END
            FROM seen
            WHERE {Key} AND c.Attempt = $5 AND c.Withdrawn = 0 AND c.OutcomeJson IS NULL AND c.Token IS NOT DISTINCT FROM seen.Token
                AND (c.Token = $7 OR c.Worker IS NULL
                    OR NOT EXISTS (SELECT 1 FROM Workers w WHERE w.Name = c.Worker AND w.Until > clock_timestamp()))
            RETURNING c.RequestJson, c.Claims)
        SELECT RequestJson, Claims FROM taken
        UNION ALL
        SELECT NULL, c.Claims FROM DispatchedCalls c
        WHERE {Key} AND c.Attempt = $5 AND c.Withdrawn = 0 AND c.OutcomeJson IS NULL AND NOT EXISTS (SELECT 1 FROM taken)
        """;

    /// <summary><c>$6</c>: the worker.</summary>
    public const string Release = $"""
        UPDATE DispatchedCalls c SET Worker = NULL, Claims = c.Claims - 1 WHERE {Key} AND c.Attempt = $5 AND c.Worker = $6 AND c.OutcomeJson IS NULL RETURNING 1
        """;

    /// <summary><c>$6</c>: the outcome, <c>$7</c>: the token.</summary>
    public const string Complete = $"""
        UPDATE DispatchedCalls c SET OutcomeJson = $6, Token = $7
        WHERE {Key} AND c.Attempt = $5 AND c.Withdrawn = 0 AND (c.OutcomeJson IS NULL OR c.Token = $7)
        RETURNING 1
        """;

    /// <summary>
    /// <c>$6</c>: the owner. The run's row is locked, so that nobody takes the run over, and the call with it, while it is withdrawn.
    /// No row when the run is another's.
    /// </summary>
    public const string Withdraw = $"""
        WITH run AS (SELECT LeaseOwner FROM Runs WHERE Id = $1 FOR SHARE),
        withdrawn AS (
            UPDATE DispatchedCalls c SET Withdrawn = 1
            WHERE {Key} AND c.Attempt = $5 AND EXISTS (SELECT 1 FROM run WHERE LeaseOwner IS NULL OR LeaseOwner = $6))
        SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM run WHERE LeaseOwner <> $6)
        """;

    /// <summary>Arrays of run ids, hashes, ordinals, kinds and attempts.</summary>
    public const string Completed = """
        SELECT c.RunId, c.Hash, c.Ordinal, c.Kind, c.Attempt, c.OutcomeJson
        FROM unnest($1, $2, $3, $4, $5) AS t (RunId, Hash, Ordinal, Kind, Attempt)
        JOIN DispatchedCalls c ON c.RunId = t.RunId AND c.Hash = t.Hash AND c.Ordinal = t.Ordinal AND c.Kind = t.Kind AND c.Attempt = t.Attempt
        WHERE c.OutcomeJson IS NOT NULL AND c.Withdrawn = 0
        """;

    /// <summary>
    /// <c>$1</c>: the worker, <c>$2</c>: its card, <c>$3</c>: its lifetime; then what it holds: arrays of run ids, hashes, ordinals, kinds and attempts.
    /// </summary>
    public const string Beat = """
        WITH beat AS (
            INSERT INTO Workers (Name, CardJson, Until) VALUES ($1, $2, clock_timestamp() + $3)
            ON CONFLICT (Name) DO UPDATE SET CardJson = excluded.CardJson, Until = excluded.Until)
        SELECT t.RunId, t.Hash, t.Ordinal, t.Kind, t.Attempt
        FROM unnest($4, $5, $6, $7, $8) AS t (RunId, Hash, Ordinal, Kind, Attempt)
        LEFT JOIN DispatchedCalls c ON c.RunId = t.RunId AND c.Hash = t.Hash AND c.Ordinal = t.Ordinal AND c.Kind = t.Kind AND c.Attempt = t.Attempt
        WHERE c.Withdrawn IS DISTINCT FROM 0
        """;

    /// <summary><c>$1</c>: the worker. Those that died without a word long ago go with it.</summary>
    public const string Leave = """
        WITH gone AS (DELETE FROM Workers WHERE Name = $1 OR Until < clock_timestamp() - INTERVAL '1 hour')
        UPDATE DispatchedCalls SET Worker = NULL, Claims = Claims - 1 WHERE Worker = $1 AND OutcomeJson IS NULL RETURNING 1
        """;

    public const string Workers = "SELECT CardJson FROM Workers WHERE Until > clock_timestamp() ORDER BY Name";
}
