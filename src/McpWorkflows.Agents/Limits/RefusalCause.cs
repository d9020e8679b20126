namespace McpWorkflows.Agents.Limits;

/// <summary>What may have made a provider refuse a request for its limits.</summary>
internal enum RefusalCause
{
    /// <summary>Too many at a time: there were as many as that takes.</summary>
    Concurrency,

    /// <summary>Too many in some time: the provider says when to come back.</summary>
    Rate,

    /// <summary>Either, or the requests of others.</summary>
    Unclear,
}
