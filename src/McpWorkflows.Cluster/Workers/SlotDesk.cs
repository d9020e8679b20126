using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Cluster.Workers;

/// <summary>The worker's calls take their turns for the slots that all servers and workers share.</summary>
internal sealed class SlotDesk
{
    private readonly IAgentSlots _slots;
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();

    public SlotDesk(IAgentSlots slots)
    {
        _slots = slots;
        slots.OnFree(() =>
        {
            Admit();
            lock (_lock)
            {
                return _waiting.Count;
            }
        });
    }

    public async Task<WorkerPlace> TakeAsync(CancellationToken cancellationToken)
    {
        await EnterAsync(isFirst: false, cancellationToken).ConfigureAwait(false);
        return new WorkerPlace(this);
    }

    internal async Task EnterAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _slots.TryTake())
            {
                return;
            }

            node = isFirst ? _waiting.AddFirst(turn) : _waiting.AddLast(turn);
        }

        // What frees a slot has asked before this one stood in line, perhaps.
        Admit();
        using var registration = cancellationToken.UnsafeRegister(
            _ =>
            {
                lock (_lock)
                {
                    if (node.List is null)
                    {
                        return;
                    }

                    _waiting.Remove(node);
                }

                turn.SetCanceled(cancellationToken);
            },
            null);
        await turn.Task.ConfigureAwait(false);
    }

    internal void Leave()
    {
        lock (_lock)
        {
            _slots.Release(_waiting.Count);
        }

        Admit();
    }

    private void Admit()
    {
        while (true)
        {
            TaskCompletionSource next;
            lock (_lock)
            {
                if (_waiting.First is not { } first || !_slots.TryTake())
                {
                    return;
                }

                _waiting.RemoveFirst();
                next = first.Value;
            }

            next.SetResult();
        }
    }
}

/// <summary>A call's slot; disposing gives it back.</summary>
internal sealed class WorkerPlace(SlotDesk desk) : IAgentPlace, IDisposable
{
    private bool _aside;

    public async Task<T> StepAsideAsync<T>(Func<CancellationToken, Task<T>> waitAsync, CancellationToken cancellationToken)
    {
        _aside = true;
        desk.Leave();
        // A wait that fails ends the call: it comes back no more.
        var result = await waitAsync(cancellationToken).ConfigureAwait(false);
        await desk.EnterAsync(isFirst: true, cancellationToken).ConfigureAwait(false);
        _aside = false;
        return result;
    }

    public void Dispose()
    {
        if (!_aside)
        {
            _aside = true;
            desk.Leave();
        }
    }
}
