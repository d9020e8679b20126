using System.Net;
using System.Net.Http.Headers;

namespace McpWorkflows.Agents.OpenAI;

/// <summary>Answers every request in memory: lets code run once before a real call needs it.</summary>
internal sealed class CannedAnswerHandler : HttpMessageHandler
{
    private static readonly byte[] Stream = """
        data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"ok"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}

        data: [DONE]


        """u8.ToArray();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(Stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }
}
