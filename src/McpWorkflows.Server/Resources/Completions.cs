using McpWorkflows.Server.Composition;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Resources;

/// <summary>Completes what the templates leave open: ids of runs, names of workflows.</summary>
internal sealed class Completions(Workbench workbench)
{
    // The protocol allows no more in one answer.
    private const int Most = 100;

    public async ValueTask<CompleteResult> CompleteAsync(RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        var typed = request.Params.Argument.Value ?? "";
        var template = (request.Params.Ref as ResourceTemplateReference)?.Uri ?? "";
        var known = request.Params.Argument.Name switch
        {
            "id" when template.StartsWith("workflow://runs/", StringComparison.Ordinal) =>
                (await (await workbench.EngineAsync(cancellationToken)).ListAsync(10 * Most, cancellationToken)).Select(run => run.Id),
            "name" when template.StartsWith("workflow://workflows/", StringComparison.Ordinal) =>
                workbench.Catalog.List(workbench.Workspace).Select(workflow => workflow.Name),
            _ => [],
        };
        var matching = known.Where(value => value.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).ToList();
        return new CompleteResult
        {
            Completion = new Completion { Values = [.. matching.Take(Most)], Total = matching.Count, HasMore = matching.Count > Most },
        };
    }
}
