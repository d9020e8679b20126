using System.Globalization;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>cluster-simulation --workers 1000 --calls-per-day 1000000</c>: servers, workers and one database at rising loads, from costs
/// that <c>cluster-costs</c> measured. Prints where the database's processors and log and the busiest server's writers stand at each
/// load, which of them is full first, and how far the load goes when an input is another one. The broker is not in it.
/// </summary>
internal static class ClusterSimulation
{
    private const double SecondsOfADay = 86_400;

    public static int Run(Arguments arguments, TextWriter output)
    {
        var inputs = new ClusterInputs();
        inputs = inputs with
        {
            Workers = arguments.Number("workers", inputs.Workers),
            Servers = arguments.Number("servers", inputs.Servers),
            Cores = arguments.Number("cores", inputs.Cores),
            CallSeconds = arguments.Number("call-seconds", (int)inputs.CallSeconds),
        };
        var perSecond = arguments.Number("calls-per-day", 1_000_000) / SecondsOfADay;
        output.WriteLine(inputs);
        output.WriteLine("\n| load | calls/s | calls at work | database processors | its log is flushing | busiest server's writers | added to a call, median | p99 |\n|---|---|---|---|---|---|---|---|");
        foreach (var times in new[] { 1, 5, 10, 20, 30, 40 })
        {
            var result = Simulate(inputs, perSecond * times);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {times} times | {perSecond * times:0} | {result.AtWork:0} | {result.Database:0%} | {result.Log:0%} | {result.Writer:0%} | {result.Median * 1000:0} ms | {result.P99 * 1000:0} ms |"));
        }

        output.WriteLine("\n| inputs | most calls/s with p99 under 1 s | full first |\n|---|---|---|");
        (string Name, ClusterInputs Inputs)[] variants =
        [
            ("as above", inputs),
            ("a beat every 3 s", inputs with { BeatSeconds = 3 }),
            ("all workers want more slots than there are", inputs with { BeatCpuSeconds = inputs.ContendedBeatCpuSeconds }),
            ("100 workers of width 160, agents of 5 s", inputs with { Workers = 100, Width = 160, CallSeconds = 5 }),
            ("8 processors", inputs with { Cores = 8 }),
            ("8 processors, agents of 5 s", inputs with { Cores = 8, CallSeconds = 5 }),
            ("8 processors, agents of 5 s, a beat every 3 s", inputs with { Cores = 8, CallSeconds = 5, BeatSeconds = 3 }),
            ("8 processors, agents of 5 s, a log that takes 10 ms to flush", inputs with { Cores = 8, CallSeconds = 5, FlushSeconds = 0.010 }),
            ("8 processors, agents of 5 s, 1 server", inputs with { Cores = 8, CallSeconds = 5, Servers = 1 }),
        ];
        foreach (var (name, variant) in variants)
        {
            var (most, full) = Most(variant);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {most:0} | {full} |"));
        }

        return 0;
    }

    private static ClusterResult Simulate(ClusterInputs inputs, double callsPerSecond)
    {
        // More agents than there are places: no part of the machinery changes that.
        var result = new SimulatedCluster(inputs, callsPerSecond).Run();
        return callsPerSecond * inputs.CallSeconds > inputs.Workers * inputs.Width ? result with { AtWork = double.PositiveInfinity, P99 = double.PositiveInfinity } : result;
    }

    /// <summary>Between a load that passes and one that does not, to a twentieth.</summary>
    private static (double Calls, string Full) Most(ClusterInputs inputs)
    {
        var (good, bad) = (0.0, 64.0);
        ClusterResult failed;
        while ((failed = Simulate(inputs, bad)).P99 < 1)
        {
            (good, bad) = (bad, bad * 2);
        }

        while (bad > 1 && bad - good > bad / 20)
        {
            var middle = (good + bad) / 2;
            var result = Simulate(inputs, middle);
            if (result.P99 < 1)
            {
                good = middle;
            }
            else
            {
                (bad, failed) = (middle, result);
            }
        }

        return (good, failed.Fullest);
    }
}

/// <summary>What the simulation takes for granted; times in seconds.</summary>
internal sealed record ClusterInputs
{
    public int Workers { get; init; } = 1_000;

    public int Width { get; init; } = 16;

    public int Servers { get; init; } = 4;

    /// <summary>Of the database's machine.</summary>
    public int Cores { get; init; } = 2;

    /// <summary>Mean time that an agent takes; exponential.</summary>
    public double CallSeconds { get; init; } = 30;

    /// <summary>Of the database's processors for a transaction, however much is in it, and for the four steps of a call.</summary>
    public double TransactionCpuSeconds { get; init; } = 0.00038;

    public double CallCpuSeconds { get; init; } = 0.00032;

    /// <summary>For a worker's slots, each beat.</summary>
    public double BeatCpuSeconds { get; init; } = 0.00132;

    /// <summary>The same when others want more slots.</summary>
    public double ContendedBeatCpuSeconds { get; init; } = 0.00238;

    public double BeatSeconds { get; init; } = 1;

    /// <summary>Between two signs of life of a worker in the ledger.</summary>
    public double LifeSeconds { get; init; } = 5.0 / 3;

    public double FlushSeconds { get; init; } = 0.001;

    /// <summary>Of the network between a process and the database.</summary>
    public double RoundTripSeconds { get; init; } = 0.0005;
}

/// <summary>Shares of the time after the start that parts were busy, and what was added to calls beside the agents' own time.</summary>
internal sealed record ClusterResult(double AtWork, double Database, double Log, double Writer, double Median, double P99)
{
    public string Fullest => double.IsInfinity(AtWork) ? "workers" : Database > 0.95 ? "database processors" : "a server's writers";
}
