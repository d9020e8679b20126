using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>A chat client that plays a script: what it says to each request, in order; the last line repeats.</summary>
internal sealed class ScriptedChatClient(params Func<ScriptedRequest, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>>[] lines) : IChatClient
{
    private readonly Lock _gate = new();

    public List<ScriptedRequest> Requests { get; } = [];

    public static Func<ScriptedRequest, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Text(string text, ChatFinishReason? finish = null) =>
        (_, _) => One(new ChatResponseUpdate(ChatRole.Assistant, text) { FinishReason = finish ?? ChatFinishReason.Stop });

    public static Func<ScriptedRequest, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Call(string tool, string arguments) => (_, _) =>
    {
        using var document = JsonDocument.Parse(arguments);
        var values = document.RootElement.Clone().EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);
        return One(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("id-1", tool, values)]) { FinishReason = ChatFinishReason.ToolCalls });
    };

    public static Func<ScriptedRequest, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Throw(Func<Exception> make) => (_, _) => Failing(make());

    public static Func<ScriptedRequest, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Silence(Action? begun = null) => (_, token) => Silent(begun, token);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ScriptedRequest request;
        int index;
        lock (_gate)
        {
            request = new ScriptedRequest([.. messages], options!.Clone());
            Requests.Add(request);
            index = Math.Min(Requests.Count, lines.Length) - 1;
        }

        return lines[index](request, cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> One(ChatResponseUpdate update)
    {
        await Task.Yield();
        yield return update;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Failing(Exception exception)
    {
        await Task.Yield();
        yield return exception is null ? new ChatResponseUpdate() : throw exception;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Silent(Action? begun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var never = Task.Delay(Timeout.Infinite, cancellationToken);
        begun?.Invoke();
        await never;
        yield break;
    }
}

/// <summary>What the client was asked.</summary>
internal sealed record ScriptedRequest(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)
{
    public string LastText => Messages[^1].Text.Length > 0
        ? Messages[^1].Text
        : string.Join("\n", Messages[^1].Contents.OfType<FunctionResultContent>().Select(result => result.Result));

    public IReadOnlyList<string> ToolNames => [.. (Options.Tools ?? []).Select(tool => tool.Name)];
}
