namespace McpWorkflows.Journal.Writing;

/// <summary>The writer's connection: one transaction at a time. Used by one thread at a time.</summary>
internal abstract class WriteConnection : IDisposable
{
    /// <summary>What a query of a run's row ends with, so that nobody else writes of the run until the transaction ends.</summary>
    public virtual string ForUpdate => "";

    public abstract Statement Prepare(int parameters, string sql);

    /// <summary>Begins a transaction that will write, waiting for others as long as it must.</summary>
    public abstract void Begin();

    public abstract void Commit();

    /// <summary>Also where the transaction is over already.</summary>
    public abstract void Rollback();

    /// <summary>Until the transaction ends, nobody else gets beyond the same name.</summary>
    public abstract void Lock(string name);

    public abstract void Dispose();
}
