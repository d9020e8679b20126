using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Composition;

/// <summary>Warnings and errors as plain lines on stderr, where MCP clients keep them; stdout belongs to the protocol.</summary>
internal sealed class StderrLoggerFactory : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Lines(categoryName);

    // One sink is all there is.
    public void AddProvider(ILoggerProvider provider) => provider.Dispose();

    public void Dispose()
    {
    }

    private sealed class Lines(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // A client that leaves cancels what it asked for, and one that asks in vain is told so: nothing to warn of here.
            if (!IsEnabled(logLevel) || exception is OperationCanceledException or ModelContextProtocol.McpProtocolException)
                return;
            var cause = exception is null ? "" : $" {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}";
            Console.Error.WriteLine($"{(logLevel == LogLevel.Warning ? "warning" : "error")}: {category}: {formatter(state, exception)}{cause}");
        }
    }
}
