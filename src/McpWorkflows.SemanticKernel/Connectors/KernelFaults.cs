using System.ClientModel;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.OpenAI;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Connectors;

/// <summary>Names what Semantic Kernel and its connectors throw.</summary>
internal static class KernelFaults
{
    /// <summary>The fault behind an exception; null where nothing in it can be named.</summary>
    public static ModelRequestException? From(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpOperationException { StatusCode: { } status } refused)
            {
                return Refused((int)status, refused.ResponseContent is { Length: > 0 } said ? said : refused.Message, cause.InnerException as ClientResultException);
            }

            if (cause is ClientResultException { Status: > 0 } answer)
            {
                return Refused(answer.Status, answer.Message, answer);
            }

            if (cause is ModelRequestException or HttpRequestException or IOException && TransportFaults.From(cause) is { } fault)
            {
                return fault;
            }
        }

        return TransportFaults.From(exception);
    }

    /// <summary>A refusal that a connector of the caller's own kernel has read: put back into the form in which refusals are read here.</summary>
    private static ModelRequestException Refused(int status, string body, ClientResultException? answer)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new StringContent(body) };
        foreach (var (name, value) in answer?.GetRawResponse()?.Headers ?? Enumerable.Empty<KeyValuePair<string, string>>())
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        // The content is in memory, so that there is nothing to wait for.
        return ErrorReader.ReadAsync(response, null, TimeProvider.System, CancellationToken.None).GetAwaiter().GetResult();
    }
}
