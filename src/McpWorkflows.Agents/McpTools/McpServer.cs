using McpWorkflows.Agents.Processes;
using McpWorkflows.Agents.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Agents.McpTools;

/// <summary>One server: its connection, if it has one, and its tools.</summary>
internal sealed class McpServer(string name, McpServerDefinition definition, AgentHostOptions options) : IAsyncDisposable
{
    /// <summary>A server that failed to start is tried again after this long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private Connection? _connection;
    private (string Problem, long At)? _failed;
    private bool _disposed;

    public string Name => name;

    /// <summary>The tools, or why there are none.</summary>
    public async Task<(IReadOnlyList<AgentTool> Tools, string? Problem)> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            return ([.. connection.Tools.Select(tool => new McpTool(this, tool))], null);
        }
        catch (ToolException failure)
        {
            return ([], failure.Message);
        }
    }

    /// <exception cref="ToolException">The server cannot be reached, or does not answer in time.</exception>
    public async Task<CallToolResult> CallAsync(string tool, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        Connection connection;
        try
        {
            connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ToolException failure)
        {
            throw new ToolException($"The MCP server '{name}' cannot be used: {failure.Message}. Go on without it.");
        }

        using var limit = new CancellationTokenSource(options.McpTime, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await connection.Client.CallToolAsync(tool, arguments!, cancellationToken: either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException($"The MCP server '{name}' did not answer within {options.McpTime.TotalSeconds:0} s. Try something smaller, or go on without it.");
        }
        catch (McpException refusal) when (!connection.IsOver)
        {
            throw new ToolException($"The MCP server '{name}' refused the call: {refusal.Message}");
        }
        // The boundary to servers of any make: whatever else goes wrong is the connection's end.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            connection.IsLost = true;
            throw new ToolException($"The MCP server '{name}' ended during the call. It is started again for the next one.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        if (_connection is { } connection)
        {
            await CloseAsync(connection.Client).ConfigureAwait(false);
        }

        _starting.Release();
    }

    private async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsOver: false } living)
        {
            return living;
        }

        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is { IsOver: false } started)
            {
                return started;
            }

            if (_disposed || (_failed is { } failed && options.Time.GetElapsedTime(failed.At) < Rest))
            {
                throw new ToolException(_failed?.Problem ?? "the server is closing");
            }

            if (_connection is { } dead)
            {
                _connection = null;
                await CloseAsync(dead.Client).ConfigureAwait(false);
            }

            return _connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ToolException failure) when (!_disposed)
        {
            _failed ??= (failure.Message, options.Time.GetTimestamp());
            throw;
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<Connection> OpenAsync(CancellationToken cancellationToken)
    {
        _failed = null;
        using var limit = new CancellationTokenSource(options.McpTime, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var errors = new CutText(0, 1_000);
        McpClient? client = null;
        try
        {
            client = await McpClient.CreateAsync(Transport(errors), cancellationToken: either.Token).ConfigureAwait(false);
            if (OwnServer.Is(client.ServerInfo?.Name ?? ""))
            {
                throw new ToolException("it is this very server; workflows do not start workflows");
            }

            var tools = await client.ListToolsAsync(cancellationToken: either.Token).ConfigureAwait(false);
            return new Connection(client, [.. tools.Select(tool => tool.ProtocolTool)]);
        }
        // As above; a cancelled start must leave no process either.
        catch (Exception exception)
        {
            if (client is not null)
            {
                await CloseAsync(client).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            var said = errors.End(400);
            throw exception as ToolException ?? new ToolException(
                (limit.IsCancellationRequested ? $"it did not start within {options.McpTime.TotalSeconds:0} s" : $"it did not start: {exception.Message}")
                + (said.Length > 0 ? $"; it said: {said}" : ""));
        }
    }

    private IClientTransport Transport(CutText errors)
    {
        if (definition.Url is { } url)
        {
            return new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = url,
                Name = name,
                AdditionalHeaders = new Dictionary<string, string>(definition.Headers),
            });
        }

        var environment = PlainEnvironment.Create().ToDictionary(variable => variable.Key, variable => (string?)variable.Value);
        foreach (var (variable, value) in definition.Env)
        {
            environment[variable] = value;
        }

        return new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = name,
            Command = definition.Command!,
            Arguments = [.. definition.Args],
            EnvironmentVariables = environment,
            InheritEnvironmentVariables = false,
            StandardErrorLines = line => errors.Append($"{line}\n"),
        });
    }

    private static async Task CloseAsync(McpClient client)
    {
        try
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
        // A server that is gone already, or will not go: nothing depends on how it takes leave.
        catch (Exception)
        {
        }
    }

    private sealed class Connection(McpClient client, IReadOnlyList<Tool> tools)
    {
        private volatile bool _isLost;

        public McpClient Client => client;

        public IReadOnlyList<Tool> Tools => tools;

        /// <summary>A call found the other side gone, which the client itself notices a little later.</summary>
        public bool IsLost
        {
            set => _isLost = value;
        }

        public bool IsOver => _isLost || client.Completion.IsCompleted;
    }
}
