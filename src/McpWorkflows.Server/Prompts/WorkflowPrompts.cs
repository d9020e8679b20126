using System.Text.Json;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Surface;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Prompts;

/// <summary>Every saved workflow as a prompt, which clients show as a command, and one to write a new workflow.</summary>
internal sealed class WorkflowPrompts(Workbench workbench, SurfaceOptions options)
{
    private const string Author = "author-workflow";
    private const int MaxArgs = 100_000;

    private static readonly Prompt AuthorPrompt = new()
    {
        Name = Author,
        Title = "Write a workflow",
        Description = "Writes a workflow script for a job, rehearses it free of charge, and saves it for later.",
        Arguments =
        [
            new PromptArgument { Name = "job", Title = "Job", Description = "What the workflow is to do.", Required = true },
            new PromptArgument { Name = "name", Title = "Name", Description = "What to save it as; default: a name that fits.", Required = false },
        ],
    };

    public void AddTo(McpServerOptions server)
    {
        server.Handlers.ListPromptsHandler = (_, _) => ValueTask.FromResult(new ListPromptsResult { Prompts = [.. All()] });
        server.Handlers.GetPromptHandler = (request, _) => ValueTask.FromResult(Get(request.Params));
    }

    // All of them start something.
    private IEnumerable<Prompt> All() => !options.Offered.Contains("start_workflow")
        ? []
        : Saved().Where(saved => saved.Meta.Name != Author).Select(saved => Describe(saved.Workflow, saved.Meta)).Prepend(AuthorPrompt);

    private GetPromptResult Get(GetPromptRequestParams asked)
    {
        if (!options.Offered.Contains("start_workflow"))
            throw new McpProtocolException("This server has no prompts: it starts nothing.", McpErrorCode.InvalidParams);
        if (asked.Name == Author)
        {
            var job = Text(asked, "job") ?? throw new McpProtocolException("The prompt's argument 'job' is missing: say what the workflow is to do.", McpErrorCode.InvalidParams);
            return Message(
                AuthorPrompt.Description!,
                PromptFiles.Load("author-workflow.md", ("job", job), ("name", Text(asked, "name") ?? "a short kebab-case name that fits"), ("authoring", PromptFiles.Load("authoring.md")), ("dialect", PromptFiles.Load("dialect.md"))));
        }

        var found = Saved().FirstOrDefault(saved => saved.Workflow.Name == asked.Name);
        if (found.Meta is not { } meta)
        {
            var known = string.Join(", ", All().Select(prompt => prompt.Name).Take(20));
            throw new McpProtocolException($"There is no prompt '{RunReports.Cut(asked.Name, 80)}'. There are: {known}.", McpErrorCode.InvalidParams);
        }

        var args = Text(asked, "args");
        return Message(
            meta.Description,
            PromptFiles.Load(
                "run-workflow.md",
                ("name", meta.Name),
                ("description", meta.Description),
                ("args", args is null ? "no `args` (unless this conversation makes plain what the workflow needs)" : $"`args` {JsonSerializer.Serialize(args, ReportJson.Compact.String)}")));
    }

    private IEnumerable<(SavedWorkflow Workflow, WorkflowMeta Meta)> Saved()
    {
        foreach (var workflow in workbench.Catalog.List(workbench.Workspace))
        {
            if (MetaOf(workflow) is { } meta)
                yield return (workflow, meta);
        }
    }

    private static WorkflowMeta? MetaOf(SavedWorkflow workflow)
    {
        try
        {
            return WorkflowScript.Parse(workflow.Script, workflow.FileName).Meta;
        }
        catch (ScriptRefusedException)
        {
            // list_workflows and validate say what is wrong with it.
            return null;
        }
    }

    private static Prompt Describe(SavedWorkflow workflow, WorkflowMeta meta) => new()
    {
        Name = workflow.Name,
        Title = meta.Title ?? workflow.Name,
        Description = RunReports.Cut(meta.Description, 300),
        Arguments =
        [
            new PromptArgument
            {
                Name = "args",
                Title = "Arguments",
                Description = "What the script finds in `args`: text, or JSON." + (meta.WhenToUse is null ? "" : $" {RunReports.Cut(meta.WhenToUse, 300)}"),
                Required = false,
            },
        ],
    };

    private static string? Text(GetPromptRequestParams asked, string name)
    {
        if (asked.Arguments is null || !asked.Arguments.TryGetValue(name, out var value))
            return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (text.Length > MaxArgs)
            throw new McpProtocolException($"The argument '{name}' has {text.Length:N0} characters; {MaxArgs:N0} is the most. Name a file instead.", McpErrorCode.InvalidParams);
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static GetPromptResult Message(string description, string text) => new()
    {
        Description = RunReports.Cut(description, 300),
        Messages = [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = text } }],
    };
}
