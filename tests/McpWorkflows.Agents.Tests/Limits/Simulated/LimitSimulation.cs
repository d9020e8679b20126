namespace McpWorkflows.Agents.Tests.Limits.Simulated;

/// <summary>Clients that together have so many calls for one endpoint.</summary>
internal sealed record LimitSimulation(SimulatedEndpoint Endpoint)
{
    public const int Width = 16;

    public int Clients { get; init; } = 1;

    /// <summary>Over all clients.</summary>
    public int Calls { get; init; } = 1_000;

    /// <summary>What a call takes on average; each takes between half and one and a half of it.</summary>
    public double Service { get; init; } = 1;

    public int Retries { get; init; } = 3;

    /// <summary>Seconds by which each further client starts after the one before.</summary>
    public double Apart { get; init; }

    public int Seed { get; init; } = 1;

    public SimulatedRun Run()
    {
        var random = new Random(Seed);
        var time = new SimulatedTime();
        var services = Enumerable.Range(0, Calls).Select(_ => Service * (0.5 + random.NextDouble())).ToArray();
        var clients = services.Chunk((Calls + Clients - 1) / Clients).Select(part => new SimulatedClient(time, Endpoint, part, random, Retries)).ToList();
        for (var i = 0; i < clients.Count; i++)
        {
            var client = clients[i];
            time.After(i * Apart, () => client.Start(Width));
        }

        while (clients.Sum(client => client.Succeeded + client.Failed) < Calls && time.Step())
        {
            clients.ForEach(client => client.Settle());
        }

        clients.ForEach(client => client.Dispose());
        return new SimulatedRun(
            clients.Max(client => client.EndedAt),
            Endpoint.Ideal(Calls, services.Sum(), Width * Clients),
            Math.Max(0, Endpoint.Refused - (Width * Clients)) / (double)Calls,
            clients.Sum(client => client.Failed));
    }
}

/// <param name="Wall">In seconds.</param>
/// <param name="Ideal">The least time in which it can be done, in seconds.</param>
/// <param name="Refused">Refusals per call, as many aside as ask at first, when nobody knows anything.</param>
/// <param name="Failed">Calls that gave up.</param>
internal sealed record SimulatedRun(double Wall, double Ideal, double Refused, int Failed)
{
    /// <summary>The part of what the endpoint could do that was used.</summary>
    public double Throughput => Ideal / Wall;

    public override string ToString() => $"{Wall:0.0} s, ideal {Ideal:0.0} s, throughput {Throughput:P0}, refused {Refused:P1}, failed {Failed}";
}
