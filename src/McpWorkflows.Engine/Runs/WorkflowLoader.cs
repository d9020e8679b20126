using System.Threading.Channels;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>Reads child workflows off the run's thread; the text, or why there is none, comes to the mailbox.</summary>
internal sealed class WorkflowLoader(IWorkflowCatalog catalog, IRunPolicy policy, string workspace, ChannelWriter<RunMessage> mailbox)
{
    public void Start(PendingItem item, WorkflowRequested request) => _ = Task.Run(() => mailbox.TryWrite(Load(item, request)));

    private WorkflowLoaded Load(PendingItem item, WorkflowRequested request)
    {
        try
        {
            if (policy.Refuse(workspace, request.Name) is { } refusal)
                return new WorkflowLoaded(item, null, refusal);
            if (request.Name is null)
                return new WorkflowLoaded(item, catalog.ReadForScript(workspace, request.ScriptPath!), null);

            return catalog.Find(workspace, request.Name) is { } found
                ? new WorkflowLoaded(item, found, null)
                : new WorkflowLoaded(item, null, NotFound(request.Name));
        }
        catch (WorkflowNotFoundException failure)
        {
            return new WorkflowLoaded(item, null, failure.Message);
        }
        catch (Exception failure) // Whatever a catalog throws becomes a rejection in the script.
        {
            return new WorkflowLoaded(item, null, $"The workflow '{request.Name ?? request.ScriptPath}' cannot be read: {failure.Message}");
        }
    }

    private string NotFound(string name)
    {
        var known = catalog.List(workspace).Select(workflow => workflow.Name).Order(StringComparer.Ordinal).Take(20).ToList();
        return known.Count == 0
            ? $"Workflow '{name}' not found: there are no saved workflows. Save it in .mcpworkflows/workflows, or pass {{ scriptPath }}."
            : $"Workflow '{name}' not found. Known: {string.Join(", ", known)}.";
    }
}
