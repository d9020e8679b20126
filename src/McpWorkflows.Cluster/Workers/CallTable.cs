using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Workers;

/// <summary>The calls that messages brought to this worker, and which of them have one of its places. Safe for use from any thread.</summary>
internal sealed class CallTable(int places)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CallTicket, WorkerCall> _calls = [];
    private readonly CallLine _waiting = new();
    private int _atWork;
    private bool _isClosed;

    /// <summary>Calls that have a place.</summary>
    public int AtWork
    {
        get
        {
            lock (_lock)
            {
                return _atWork;
            }
        }
    }

    /// <summary>Calls that have a place, or wait for one.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>Calls that wait for a place.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>No new call is taken, and none that waits gets a place.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>All of them, waiting or at work.</summary>
    public CallTicket[] Tickets
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls.Keys];
            }
        }
    }

    /// <summary>Takes in a message; a call that is not there yet waits for a place then. False when the table is closed and does not have it.</summary>
    public bool TryDeliver(CallTicket ticket, CallDelivery delivery, Func<CallTicket, WorkerCall> create)
    {
        lock (_lock)
        {
            if (!_calls.TryGetValue(ticket, out var call))
            {
                if (_isClosed)
                {
                    return false;
                }

                _calls[ticket] = call = create(ticket);
                _waiting.Add(call);
            }

            // Not after the lock: a call that ends meanwhile would never settle this message.
            call.Deliver(delivery);
            return true;
        }
    }

    /// <summary>Gives a place to the next call that waits; null when none waits, or no place is free.</summary>
    public WorkerCall? StartNext()
    {
        lock (_lock)
        {
            if (_isClosed || _atWork >= places || !_waiting.TryTake(_atWork, out var call))
            {
                return null;
            }

            _atWork++;
            return call;
        }
    }

    /// <summary>No further call gets a place before this one is alone in the worker, and has ended; whether it is alone now.</summary>
    public bool IsAlone(WorkerCall call)
    {
        lock (_lock)
        {
            return _waiting.Reserve(call) && _atWork == 1;
        }
    }

    /// <summary>The call need not be alone any more.</summary>
    public void Free(WorkerCall call)
    {
        lock (_lock)
        {
            _waiting.Free(call);
        }
    }

    /// <summary>A call without a place waits for one again. False when it is to be given back instead.</summary>
    public bool TryPark(WorkerCall call)
    {
        lock (_lock)
        {
            // A message that went with its connection comes again, and then the call does.
            if (_isClosed || !call.IsDelivered)
            {
                return false;
            }

            _waiting.Add(call);
            return true;
        }
    }

    /// <summary>A place is free again.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _atWork--;
        }
    }

    public void Remove(WorkerCall call)
    {
        lock (_lock)
        {
            _calls.Remove(call.Ticket);
            _waiting.Free(call);
        }
    }

    public WorkerCall? Find(CallTicket ticket)
    {
        lock (_lock)
        {
            return _calls.GetValueOrDefault(ticket);
        }
    }

    /// <summary>Closes it; gives the calls that had no place.</summary>
    public IReadOnlyList<WorkerCall> Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return _waiting.Clear();
        }
    }
}
