using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Journal.Transfer;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Dashboard;

/// <summary>
/// The page that shows runs, and what it reads. Its files hold nothing of any run; everything else goes past the guard
/// that the MCP endpoint has, and past <see cref="ForgeryGuard"/>.
/// </summary>
internal sealed partial class DashboardSite(Workbench workbench, bool readOnly, ILogger logger, TimeProvider time) : IHttpPage
{
    private const string Api = "/api";
    private const int ListedRuns = 200;

    // No script but the page's own files, nothing from or to another host, and no way to make text into elements.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private readonly PageFiles files = new();
    private readonly ForgeryGuard forgery = new();
    private readonly RunActions actions = new(workbench);

    public bool Owns(PathString path) => path.StartsWithSegments(Api) || files.Has(path);

    public bool IsPublic(PathString path) => files.Has(path);

    public async Task HandleAsync(HttpContext context, CancellationToken stopping)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var isGet = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (files.Has(context.Request.Path))
        {
            await (isGet ? files.WriteAsync(context) : ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, "Files are only read."));
            return;
        }

        headers.CacheControl = "no-store";
        if (forgery.Problem(context.Request) is { } problem)
        {
            await ErrorAsync(context, StatusCodes.Status403Forbidden, problem);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            var parts = context.Request.Path.Value![Api.Length..].TrimStart('/').Split('/');
            await (isGet ? ReadAsync(context, parts, ended.Token) : ActAsync(context, parts, ended.Token));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Whoever asked is gone, or the server stops.
        }
        catch (Exception failure) when (!context.Response.HasStarted) // The boundary to the page: a sentence, never a stack trace.
        {
            var message = UserMessage.Of(failure);
            if (message is null)
                LogFailure(failure);
            await ErrorAsync(
                context,
                failure is RunNotFoundException ? StatusCodes.Status404NotFound : message is null ? StatusCodes.Status500InternalServerError : StatusCodes.Status409Conflict,
                message ?? "The server failed at this. Its log says more.");
        }
        catch (Exception failure) // Half an answer cannot be taken back: the page connects again.
        {
            LogFailure(failure);
            context.Abort();
        }
    }

    private async Task ReadAsync(HttpContext context, string[] parts, CancellationToken cancellationToken)
    {
        var engine = await workbench.EngineAsync(cancellationToken);
        var journal = await workbench.JournalAsync(cancellationToken);
        switch (parts)
        {
            case ["session"]:
                await WriteAsync(context, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("version", ProductVersion.Text);
                    json.WriteString("key", forgery.Key);
                    json.WriteBoolean("readOnly", readOnly);
                    json.WriteEndObject();
                });
                break;
            case ["runs"]:
                var runs = await engine.ListAsync(ListedRuns, cancellationToken);
                await WriteAsync(context, json =>
                {
                    json.WriteStartArray();
                    foreach (var run in runs)
                        RunViews.Line(json, run);
                    json.WriteEndArray();
                });
                break;
            case ["runs", var id, "events"]:
                await new RunStream(engine, journal, id, time).ServeAsync(context, cancellationToken);
                break;
            case ["runs", var id, "script"]:
                var scripted = await engine.FindRunAsync(id, cancellationToken);
                await WriteAsync(context, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("fileName", Path.GetFileName(scripted.FileName));
                    json.WriteString("text", scripted.Script);
                    if (scripted.ArgsJson is not null)
                        json.Value("args", scripted.ArgsJson);
                    json.WriteEndObject();
                });
                break;
            case ["runs", var id, "result"]:
                var result = (await engine.FindRunAsync(id, cancellationToken)).ResultJson;
                await WriteAsync(context, json => json.Value(result));
                break;
            case ["runs", var id, "agents", var number] when int.TryParse(number, out var wanted):
                await AgentAsync(context, engine, id, wanted, cancellationToken);
                break;
            case ["runs", var id, "export"]:
                await engine.FindRunAsync(id, cancellationToken);
                context.Response.ContentType = "application/jsonl";
                context.Response.Headers.ContentDisposition = $"attachment; filename=\"{Path.GetFileName(id)}.jsonl\"";
                await RunFile.ExportAsync(journal, id, context.Response.Body, time.GetUtcNow(), cancellationToken);
                break;
            default:
                await ErrorAsync(context, StatusCodes.Status404NotFound, "There is nothing here.");
                break;
        }
    }

    private async Task AgentAsync(HttpContext context, WorkflowEngine engine, string runId, int number, CancellationToken cancellationToken)
    {
        if (engine.FindAgent(runId, number) is { } trace)
        {
            await WriteAsync(context, json => AgentView.Live(json, trace));
            return;
        }

        await engine.FindRunAsync(runId, cancellationToken);
        var calls = await (await workbench.JournalAsync(cancellationToken)).ReadCallsAsync(runId, cancellationToken);
        if (calls.FirstOrDefault(call => call.Number == number) is { } found)
            await WriteAsync(context, json => AgentView.Journaled(json, found));
        else
            await ErrorAsync(context, StatusCodes.Status404NotFound, "This agent is at work in another process. Its prompt, options, tool calls and answer show once it has answered.");
    }

    private async Task ActAsync(HttpContext context, string[] parts, CancellationToken cancellationToken)
    {
        if (parts is not ["runs", var id, var action])
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, "There is nothing here.");
            return;
        }

        if (readOnly)
        {
            await ErrorAsync(context, StatusCodes.Status403Forbidden, "This server only shows runs (--read-only).");
            return;
        }

        var shown = await actions.DoAsync(id, action, context.Request, cancellationToken);
        await WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("runId", shown);
            json.WriteEndObject();
        });
    }

    private static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(PageJson.Write(write), context.RequestAborted).AsTask();
    }

    private static Task ErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("error", message);
            json.WriteEndObject();
        });
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The page's request failed")]
    private partial void LogFailure(Exception failure);
}
