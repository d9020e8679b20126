using System.Runtime.ExceptionServices;

namespace Acornima.Tests;

/// <summary>Runs code on a thread whose stack takes the trees of real sources.</summary>
internal static class DeepStack
{
    private const int Bytes = 64 * 1024 * 1024;

    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception exception) // the boundary of the thread: the caller gets it
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            Bytes);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
