using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Tests.Limits.Simulated;

/// <summary>
/// A process with a gate of its own and calls of one request each, which asks and asks again as <c>ModelRequests</c> does.
/// </summary>
internal sealed class SimulatedClient : IDisposable
{
    private const double Network = 0.001;

    private readonly SimulatedTime _time;
    private readonly SimulatedEndpoint _endpoint;
    private readonly Queue<double> _calls;
    private readonly Patience _patience;
    private readonly ModelLimits _limits;
    private readonly List<(Call Call, Task<Admission> Admission)> _waiting = [];

    /// <param name="services">How long the endpoint takes for each call.</param>
    public SimulatedClient(SimulatedTime time, SimulatedEndpoint endpoint, IEnumerable<double> services, Random random, int retries)
    {
        (_time, _endpoint, _calls, _patience) = (time, endpoint, new Queue<double>(services), new Patience(retries, IsAsked: false));
        _limits = new ModelLimits("simulated", null, new AgentHostOptions
        {
            Models = ModelConfiguration.FromEnvironment(static _ => null),
            Time = time,
            NextRandom = random.NextDouble,
        });
    }

    public int Succeeded { get; private set; }

    public int Failed { get; private set; }

    public double EndedAt { get; private set; }

    /// <param name="width">Calls under way at a time, waiting ones included.</param>
    public void Start(int width)
    {
        for (var i = 0; i < width; i++)
        {
            Next();
        }
    }

    /// <summary>Lets those go on that have been admitted; the tasks of others end on threads of their own.</summary>
    public void Settle()
    {
        while (true)
        {
            Assert.True(SpinWait.SpinUntil(() => _waiting.Count(one => !one.Admission.IsCompleted) == _limits.State.Waiting, TimeSpan.FromMinutes(2)));
            var ready = _waiting.FindAll(one => one.Admission.IsCompleted);
            if (ready.Count == 0)
            {
                return;
            }

            _waiting.RemoveAll(ready.Contains);
            ready.ForEach(one => Go(one.Call, one.Admission.Result));
        }
    }

    public void Dispose() => _limits.Dispose();

    private void Next()
    {
        if (_calls.TryDequeue(out var service))
        {
            Ask(new Call(service, _limits.Successes));
        }
        else
        {
            EndedAt = _time.Now;
        }
    }

    private void Ask(Call call)
    {
        var ticket = new LimitTicket(10, call.Failures, _patience);
        if (_limits.TryEnter(ticket) is { } admission)
        {
            Go(call, admission);
        }
        else
        {
            _waiting.Add((call, _limits.EnterAsync(ticket, TestContext.Current.CancellationToken)));
        }
    }

    private void Go(Call call, Admission admission)
    {
        if (admission.Permit is { } permit)
        {
            _time.After(Network, () => Arrive(call, permit));
            return;
        }

        Failed++;
        Next();
    }

    private void Arrive(Call call, Permit permit)
    {
        var fault = _endpoint.Arrive(_time.Now);
        if (fault is null)
        {
            var news = _endpoint.Tell(_time.Now);
            _time.After(Network, () =>
            {
                if (news is not null)
                {
                    permit.Heard(news);
                }
            });
            _time.After(call.Service, _endpoint.Depart);
            _time.After(call.Service + Network, () =>
            {
                permit.Succeed(10);
                Succeeded++;
                Next();
            });
            return;
        }

        _time.After(Network, () =>
        {
            permit.Fail(fault);
            call.Failures = _limits.Successes != call.Successes ? 1 : call.Failures + 1;
            call.Successes = _limits.Successes;
            if (call.Failures > _patience.After(fault))
            {
                Failed++;
                Next();
            }
            else
            {
                Ask(call);
            }
        });
    }

    private sealed class Call(double service, long successes)
    {
        public double Service => service;

        public int Failures { get; set; }

        public long Successes { get; set; } = successes;
    }
}
