using System.Data.Common;

namespace McpWorkflows.Journal.Writing;

/// <summary>A command of the writer's connection, as long as that is open; parameters are <c>@0</c>, <c>@1</c>, ….</summary>
internal abstract class Statement : IDisposable
{
    /// <summary>Rows changed.</summary>
    public abstract int Execute(params ReadOnlySpan<object?> values);

    /// <summary>The same where nobody needs the number: it takes effect before whatever follows, but its error may come as late as the commit.</summary>
    public abstract void Post(params ReadOnlySpan<object?> values);

    public abstract DbDataReader Query(params ReadOnlySpan<object?> values);

    public abstract void Dispose();

    /// <summary>Flags are numbers in all databases.</summary>
    protected static object? Stored(object? value) => value is bool flag ? (flag ? 1L : 0L) : value;
}
