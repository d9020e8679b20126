using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes orders, and takes them out for the owner.</summary>
internal sealed class OrderStatements(WriteConnection connection) : IDisposable
{
    private readonly Statement put = connection.Prepare(3, "INSERT INTO Orders (RunKey, Kind, Call) VALUES (@0, @1, @2)");

    private readonly Statement find = connection.Prepare(1, """
        SELECT o.Key, r.Id, o.Kind, o.Call FROM Orders o JOIN Runs r ON r.Key = o.RunKey WHERE r.LeaseOwner = @0 ORDER BY o.Key
        """);

    private readonly Statement delete = connection.Prepare(1, "DELETE FROM Orders WHERE Key = @0");

    private readonly Statement forget = connection.Prepare(1, "DELETE FROM Orders WHERE RunKey = @0");

    public void Put(long run, RunOrder order) => put.Post(run, Names.Of(order.Kind), EncodeOrNull(order.Call));

    /// <summary>All orders for an owner's runs, in the order of their coming; each is told once.</summary>
    public IReadOnlyList<(string RunId, RunOrder Order)> Take(string owner)
    {
        var (orders, keys) = (new List<(string, RunOrder)>(), new List<long>());
        using (var rows = find.Query(owner))
        {
            while (rows.Read())
            {
                keys.Add(rows.GetInt64(0));
                orders.Add((rows.GetString(1), new RunOrder(Names.To<RunOrderKind>(rows.GetString(2)), rows.IsDBNull(3) ? null : Decode(rows.GetString(3)))));
            }
        }

        // Those and no others: more may have come meanwhile.
        keys.ForEach(key => delete.Post(key));
        return orders;
    }

    /// <summary>Orders of an earlier lease count no more.</summary>
    public void Forget(long run) => forget.Post(run);

    public void Dispose()
    {
        put.Dispose();
        find.Dispose();
        delete.Dispose();
        forget.Dispose();
    }
}
