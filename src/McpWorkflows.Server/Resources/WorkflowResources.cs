using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Prompts;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Tools;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Resources;

/// <summary>The guide, the saved workflows and the runs, for people who attach them and for clients that follow them.</summary>
internal sealed partial class WorkflowResources(Workbench workbench, ILogger logger)
{
    private const int ListedRuns = 20;
    private const string Json = "application/json";

    private static readonly ResourceTemplate[] Templates =
    [
        Template("workflow://runs/{id}", "run", "A run", "State, census and, at the end, the result of a run.", Json),
        Template("workflow://runs/{id}/result{?offset}", "run-result", "Result of a run", "The whole result, by pages.", Json),
        Template("workflow://runs/{id}/script", "run-script", "Script of a run", "The script as the run executes it.", "text/javascript"),
        Template("workflow://runs/{id}/calls{?after}", "run-calls", "Calls of a run", "Every agent with its outcome, 100 to a page.", Json),
        Template("workflow://runs/{id}/events{?after}", "run-events", "Events of a run", "Phases, log lines and agents in order, from a cursor on.", Json),
        Template("workflow://workflows/{name}", "workflow", "A saved workflow", "The script of a saved workflow.", "text/javascript"),
    ];

    public void AddTo(McpServerOptions options)
    {
        options.Handlers.ListResourcesHandler = ListAsync;
        options.Handlers.ListResourceTemplatesHandler = (_, _) =>
            ValueTask.FromResult(new ListResourceTemplatesResult { ResourceTemplates = [.. Templates] });
        options.Handlers.ReadResourceHandler = ReadAsync;
    }

    /// <summary>What changes when the resource does; null for one that does not exist.</summary>
    public async Task<string?> FingerprintAsync(string uri, CancellationToken cancellationToken)
    {
        switch (WorkflowUri.Parse(uri))
        {
            case { Kind: "guide" or "authoring" }:
                return "";
            case { Kind: "lessons" }:
                return await LessonsAsync(cancellationToken);
            case { Kind: "workflows" } workflow:
                return workbench.Catalog.Find(workbench.Workspace, workflow.Name)?.Script;
            case { Kind: "runs" } run:
                try
                {
                    var status = await (await workbench.EngineAsync(cancellationToken)).GetStatusAsync(run.Name, cancellationToken);
                    return $"{status.Run.State} {status.Run.EndedAt:O} {status.Run.Totals with { DurationMs = 0 }} {status.Active.Count} {status.Queued} {status.Log.Count} {status.Phases.Count}";
                }
                catch (RunNotFoundException)
                {
                    return null;
                }

            default:
                return null;
        }
    }

    private async ValueTask<ListResourcesResult> ListAsync(RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken)
    {
        List<Resource> listed =
        [
            new Resource
            {
                Uri = WorkflowUri.Guide, Name = "guide", Title = "How to write workflow scripts", MimeType = "text/markdown",
                Description = "The script dialect with patterns and an example. Read it before writing a script.",
            },
            new Resource
            {
                Uri = WorkflowUri.Authoring, Name = "authoring", Title = "How to write good workflow scripts", MimeType = "text/markdown",
                Description = "Which pattern for which job, how many skeptics, bounds, budgets and labels, with whole scripts.",
            },
            new Resource
            {
                Uri = WorkflowUri.Lessons, Name = "lessons", Title = "Lessons of past runs", MimeType = Json,
                Description = "What past runs of this project taught, each with its evidence. Agents are told what applies to their task.",
            },
        ];
        listed.AddRange(workbench.Catalog.List(workbench.Workspace).Select(workflow => new Resource
        {
            Uri = WorkflowUri.Workflow(workflow.Name),
            Name = workflow.Name,
            Title = $"Workflow {workflow.Name}",
            Description = WorkflowItem.PathOf(workflow, workbench.Workspace, workbench.UserHome),
            MimeType = "text/javascript",
        }));
        var engine = await workbench.EngineAsync(cancellationToken);
        listed.AddRange((await engine.ListAsync(ListedRuns, cancellationToken)).Select(run => new Resource
        {
            Uri = WorkflowUri.Run(run.Id),
            Name = run.Id,
            Title = $"Run of {RunReports.Cut(run.Name, 60)}: {run.State.ToText()}",
            Description = $"Started {run.CreatedAt:u}",
            MimeType = Json,
        }));
        return new ListResourcesResult { Resources = listed };
    }

    private async ValueTask<ReadResourceResult> ReadAsync(RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = request.Params.Uri;
        try
        {
            if (await TextAsync(uri, cancellationToken) is not var (text, type))
                throw Missing(request, uri);
            return new ReadResourceResult { Contents = [new TextResourceContents { Uri = uri, MimeType = type, Text = text }] };
        }
        catch (RunNotFoundException)
        {
            throw Missing(request, uri);
        }
        catch (Exception failure) when (failure is not (McpProtocolException or OperationCanceledException))
        {
            // The boundary to the client: a sentence, never a trace.
            LogUnread(uri, failure);
            throw new McpProtocolException(
                UserMessage.Of(failure) ?? $"{uri} could not be read ({failure.GetType().Name}). The server's log on stderr says more.", McpErrorCode.InternalError);
        }
    }

    private async Task<string> LessonsAsync(CancellationToken cancellationToken)
    {
        var book = await (await workbench.JournalAsync(cancellationToken)).ReadLessonsAsync(ProjectFolder.RootOf(workbench.Workspace), cancellationToken);
        return JsonSerializer.Serialize(LessonListReport.Of(book), ReportJson.Compact.LessonListReport);
    }

    private async Task<(string Text, string Type)?> TextAsync(string uri, CancellationToken cancellationToken)
    {
        switch (WorkflowUri.Parse(uri))
        {
            case { Kind: "guide" }:
                return (PromptFiles.Guide(), "text/markdown");
            case { Kind: "authoring" }:
                return (PromptFiles.Load("authoring.md"), "text/markdown");
            case { Kind: "lessons" }:
                return (await LessonsAsync(cancellationToken), Json);
            case { Kind: "workflows" } workflow:
                return workbench.Catalog.Find(workbench.Workspace, workflow.Name) is { } saved ? (saved.Script, "text/javascript") : null;
            case { Kind: "runs" } run:
                var status = await LiveRuns.StatusAsync(await workbench.EngineAsync(cancellationToken), run.Name, cancellationToken);
                return run.Part == "script" ? (status.Run.Script, "text/javascript") : await PartAsync(run, status, cancellationToken);
            default:
                return null;
        }
    }

    private async Task<(string Text, string Type)?> PartAsync(WorkflowUri uri, RunStatus status, CancellationToken cancellationToken)
    {
        var page = uri.Part switch
        {
            "result" => RunPages.Result(status, uri.From),
            "calls" => RunPages.Of(status, await (await workbench.JournalAsync(cancellationToken)).ReadCallsAsync(uri.Name, cancellationToken), uri.From),
            "events" => await RunPages.EventsAsync(status, await workbench.JournalAsync(cancellationToken), uri.From, cancellationToken),
            _ => JsonSerializer.SerializeToNode(RunAnswers.Summary(status), ReportJson.Compact.RunAnswer)!.AsObject(),
        };
        return page is null ? null : (page.ToJsonString(ReportJson.Compact.Options), Json);
    }

    private static McpProtocolException Missing(RequestContext<ReadResourceRequestParams> request, string uri)
    {
        // Revision 2026-07-28 gave up the error code that earlier ones had for this.
        var code = request.JsonRpcRequest.Context?.ProtocolVersion == Http.MessageRules.Modern ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound;
        var error = new McpProtocolException($"There is no resource '{RunReports.Cut(uri, 200)}'. resources/list and resources/templates/list name what there is.", code);
        error.Data["uri"] = uri;
        return error;
    }

    private static ResourceTemplate Template(string uri, string name, string title, string description, string type) => new()
    {
        UriTemplate = uri,
        Name = name,
        Title = title,
        Description = description,
        MimeType = type,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "The resource {Uri} could not be read.")]
    private partial void LogUnread(string uri, Exception exception);
}
