using System.Collections.Concurrent;

namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// Threads with a big stack, on which script slices run: deep but honest recursion must work, and a script's own
/// recursion must end in an error before the process runs out of stack. A job always gets a thread at once, an idle
/// one or a new one, so that a script in an endless loop holds up nobody else; idle threads end after a while.
/// </summary>
internal static class SliceThreads
{
    /// <summary>Address space only; pages are taken as the stack grows.</summary>
    public const int StackBytes = 256 * 1024 * 1024;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentStack<Worker> Idle = new();

    /// <summary>Runs work on such a thread; the task's continuations run elsewhere.</summary>
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var job = new Job<T>(work);
        while (Idle.TryPop(out var worker))
        {
            if (worker.TryGive(job))
            {
                return job.Task;
            }
        }

        new Worker(job).Start();
        return job.Task;
    }

    private interface IJob
    {
        void Run();

        void Complete();
    }

    private sealed class Job<T>(Func<T> work) : IJob
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Task => _completion.Task;

        public void Run()
        {
            try
            {
                _result = work();
            }
            catch (Exception failure) // the boundary of a thread: the awaiter gets it
            {
                _failure = failure;
            }
        }

        public void Complete()
        {
            if (_failure is null)
            {
                _completion.SetResult(_result!);
            }
            else if (_failure is OperationCanceledException canceled)
            {
                _completion.SetCanceled(canceled.CancellationToken);
            }
            else
            {
                _completion.SetException(_failure);
            }
        }
    }

    private sealed class Worker(IJob first)
    {
        private readonly Lock _gate = new();
        private readonly SemaphoreSlim _wake = new(0);
        private IJob? _job = first;
        private bool _ended;

        public void Start()
        {
            var thread = new Thread(Loop, StackBytes) { IsBackground = true, Name = "script slice" };
            thread.Start();
        }

        public bool TryGive(IJob job)
        {
            lock (_gate)
            {
                if (_ended)
                {
                    return false;
                }

                _job = job;
            }

            _wake.Release();
            return true;
        }

        private void Loop()
        {
            while (true)
            {
                var job = _job!;
                job.Run();
                _job = null;

                // Idle first, complete second: whoever awaits the job finds this thread for the next one.
                Idle.Push(this);
                job.Complete();
                if (_wake.Wait(IdleTime))
                {
                    continue;
                }

                lock (_gate)
                {
                    if (_job is null)
                    {
                        // Stays on the idle stack until somebody pops it, and is passed over then.
                        _ended = true;
                        return;
                    }
                }

                _wake.Wait();
            }
        }
    }
}
