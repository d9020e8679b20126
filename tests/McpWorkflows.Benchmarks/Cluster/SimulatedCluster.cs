namespace McpWorkflows.Benchmarks;

/// <summary>
/// One load on one cluster: events in the order of their times. Calls arrive at random, are posted, claimed, run, completed and
/// settled; each process sends what waits in one transaction at a time, which takes a round trip, a processor of the database
/// and a flush of its log, shared with all that wait for one.
/// </summary>
internal sealed class SimulatedCluster
{
    private const double Warmup = 5;
    private const double Length = 15;
    private const int MaxBatch = 256;

    private readonly ClusterInputs inputs;
    private readonly double callsPerSecond;
    private readonly Random random = new(1);
    private readonly PriorityQueue<Action, double> events = new();
    private readonly Station database;
    private readonly Station log;
    private readonly Writer[] ledgers;
    private readonly Writer[] journals;
    private readonly Writer[] workers;
    private readonly int[] free;
    private readonly Queue<Action<int>> waiting = new();
    private readonly Stack<int> idle = new();
    private readonly List<double> added = [];
    private double now;
    private int atWork;

    public SimulatedCluster(ClusterInputs inputs, double callsPerSecond)
    {
        this.inputs = inputs;
        this.callsPerSecond = callsPerSecond;
        database = new Station(this, inputs.Cores);
        log = new Station(this, 1);
        ledgers = Writers(inputs.Servers);
        journals = Writers(inputs.Servers);
        workers = Writers(inputs.Workers);
        free = [.. Enumerable.Repeat(inputs.Width, inputs.Workers)];
        for (var slot = 0; slot < inputs.Width; slot++)
        {
            foreach (var worker in Enumerable.Range(0, inputs.Workers).OrderBy(_ => random.Next()))
            {
                idle.Push(worker);
            }
        }
    }

    public ClusterResult Run()
    {
        // As in the middle of a day: what is at work on average is at work from the beginning.
        for (var i = 0; i < Math.Min(callsPerSecond * inputs.CallSeconds, inputs.Workers * inputs.Width); i++)
        {
            Work(random.Next(inputs.Servers), idle.Pop(), now, 0);
        }

        for (var worker = 0; worker < inputs.Workers; worker++)
        {
            Every(inputs.BeatSeconds, inputs.BeatCpuSeconds);
            Every(inputs.LifeSeconds, inputs.TransactionCpuSeconds);
        }

        At(Exponential(1 / callsPerSecond), Arrive);
        while (events.TryDequeue(out var next, out var time) && time < Length)
        {
            now = time;
            next();
        }

        added.Sort();
        return new ClusterResult(
            atWork,
            database.Busy / (Length * inputs.Cores),
            log.Busy / Length,
            ledgers.Concat(journals).Max(static writer => writer.Busy) / Length,
            added.Count == 0 ? double.PositiveInfinity : added[added.Count / 2],
            // Those that are still waiting count as well: a queue that grows shows in few that are through.
            added.Count == 0 || added.Count < callsPerSecond * (Length - Warmup) * 0.8 ? double.PositiveInfinity : added[added.Count * 99 / 100]);
    }

    private void Arrive()
    {
        At(Exponential(1 / callsPerSecond), Arrive);
        var (arrived, server) = (now, random.Next(inputs.Servers));
        ledgers[server].Send(() =>
        {
            var posted = now - arrived;
            if (idle.TryPop(out var worker))
            {
                Claim(server, worker, posted);
            }
            else
            {
                waiting.Enqueue(worker => Claim(server, worker, posted));
            }
        });
    }

    private void Claim(int server, int worker, double soFar)
    {
        var began = now;
        workers[worker].Send(() => Work(server, worker, now, soFar + now - began));
    }

    private void Work(int server, int worker, double began, double soFar)
    {
        atWork++;
        At(Exponential(inputs.CallSeconds), () =>
        {
            var ended = now;
            workers[worker].Send(() =>
            {
                atWork--;
                if (waiting.TryDequeue(out var next))
                {
                    next(worker);
                }
                else
                {
                    idle.Push(worker);
                }

                journals[server].Send(() =>
                {
                    if (now > Warmup)
                    {
                        added.Add(soFar + now - ended);
                    }
                });
            });
        });
    }

    private void Every(double seconds, double cpu) => At(random.NextDouble() * seconds, () =>
    {
        Transact(cpu, static () => { });
        Every(seconds, cpu, seconds);
    });

    private void Every(double seconds, double cpu, double delay) => At(delay, () =>
    {
        Transact(cpu, static () => { });
        Every(seconds, cpu, seconds);
    });

    private void Transact(double cpu, Action done) => At(inputs.RoundTripSeconds, () => database.Enter(cpu, () => log.Enter(inputs.FlushSeconds, done, isShared: true)));

    private Writer[] Writers(int count) => [.. Enumerable.Range(0, count).Select(_ => new Writer(this))];

    private void At(double delay, Action action) => events.Enqueue(action, now + delay);

    private double Exponential(double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <summary>Something with so many places, and a queue before it; a flush of the log takes all who wait at once.</summary>
    private sealed class Station(SimulatedCluster cluster, int places)
    {
        private readonly Queue<(double Seconds, Action Done)> queue = new();
        private int inUse;

        public double Busy { get; private set; }

        public void Enter(double seconds, Action done, bool isShared = false)
        {
            queue.Enqueue((seconds, done));
            Next(isShared);
        }

        private void Next(bool isShared)
        {
            while (inUse < places && queue.TryDequeue(out var first))
            {
                List<Action> together = [first.Done];
                while (isShared && queue.TryDequeue(out var another))
                {
                    together.Add(another.Done);
                }

                inUse++;
                Busy += first.Seconds;
                cluster.At(first.Seconds, () =>
                {
                    inUse--;
                    together.ForEach(static done => done());
                    Next(isShared);
                });
            }
        }
    }

    /// <summary>Of a process: one transaction at a time, with whatever has arrived meanwhile.</summary>
    private sealed class Writer(SimulatedCluster cluster)
    {
        private readonly Queue<Action> queue = new();
        private bool isSending;

        public double Busy { get; private set; }

        public void Send(Action done)
        {
            queue.Enqueue(done);
            Next();
        }

        private void Next()
        {
            if (isSending || queue.Count == 0)
            {
                return;
            }

            isSending = true;
            var began = cluster.now;
            var batch = Enumerable.Range(0, Math.Min(queue.Count, MaxBatch)).Select(_ => queue.Dequeue()).ToList();
            cluster.Transact(cluster.inputs.TransactionCpuSeconds + (batch.Count * cluster.inputs.CallCpuSeconds / 4), () =>
            {
                Busy += cluster.now - began;
                isSending = false;
                batch.ForEach(static done => done());
                Next();
            });
        }
    }
}
