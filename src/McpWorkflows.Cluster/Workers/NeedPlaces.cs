using McpWorkflows.Cluster.Calls;

namespace McpWorkflows.Cluster.Workers;

/// <summary>A need's consumers at one moment.</summary>
/// <param name="isSpokenOf">Calls of it were out lately.</param>
internal sealed class NeedPlaces(CallNeed need, NeedConsumer[] consumers, bool isSpokenOf)
{
    public CallNeed Need => need;

    public bool IsSpokenOf => isSpokenOf;

    /// <summary>Calls of which it is known that they wait on the broker.</summary>
    public int Waiting { get; set; }

    public int Held => consumers.Sum(static consumer => consumer.Held);

    public int Taken => consumers.Sum(static consumer => consumer.Taken);

    /// <summary>Places that its next calls may have.</summary>
    public int Open => consumers.Where(static consumer => !consumer.IsEnding).Sum(static consumer => consumer.Places);

    /// <summary>More calls of it may wait: none of its places is free.</summary>
    public bool IsFull => consumers.All(static consumer => consumer.IsEnding || consumer.Held >= consumer.Places);

    /// <summary>Consumers to end where it is to have no more than so many places; idle ones first.</summary>
    public IEnumerable<NeedConsumer> Surplus(int share)
    {
        var (now, later) = (Taken - share, Open - share);
        foreach (var consumer in consumers.Where(static consumer => !consumer.IsEnding).OrderByDescending(static consumer => consumer.Places - consumer.Held).ThenBy(static consumer => consumer.Places).ToArray())
        {
            if (later > 0 || (now > 0 && consumer.Held == 0))
            {
                later -= consumer.Places;
                now -= consumer.Places;
                yield return consumer;
            }
        }
    }
}
