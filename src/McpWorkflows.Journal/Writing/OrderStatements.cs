using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using Microsoft.Data.Sqlite;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Writing;

/// <summary>Writes orders, and takes them out for the owner.</summary>
internal sealed class OrderStatements(SqliteConnection connection) : IDisposable
{
    private readonly Statement put = new(connection, 3, "INSERT INTO Orders (RunKey, Kind, Call) VALUES (@0, @1, @2)");

    private readonly Statement find = new(connection, 1, """
        SELECT r.Id, o.Kind, o.Call FROM Orders o JOIN Runs r ON r.Key = o.RunKey WHERE r.LeaseOwner = @0 ORDER BY o.Key
        """);

    private readonly Statement delete = new(connection, 1, "DELETE FROM Orders WHERE RunKey IN (SELECT Key FROM Runs WHERE LeaseOwner = @0)");

    private readonly Statement forget = new(connection, 1, "DELETE FROM Orders WHERE RunKey = @0");

    public void Put(long run, RunOrder order) => put.Execute(run, Names.Of(order.Kind), EncodeOrNull(order.Call));

    /// <summary>All orders for an owner's runs, in the order of their coming; each is told once.</summary>
    public IReadOnlyList<(string RunId, RunOrder Order)> Take(string owner)
    {
        var orders = new List<(string, RunOrder)>();
        using (var rows = find.Query(owner))
        {
            while (rows.Read())
            {
                orders.Add((rows.GetString(0), new RunOrder(Names.To<RunOrderKind>(rows.GetString(1)), rows.IsDBNull(2) ? null : Decode(rows.GetString(2)))));
            }
        }

        delete.Execute(owner);
        return orders;
    }

    /// <summary>Orders of an earlier lease count no more.</summary>
    public void Forget(long run) => forget.Execute(run);

    public void Dispose()
    {
        put.Dispose();
        find.Dispose();
        delete.Dispose();
        forget.Dispose();
    }
}
