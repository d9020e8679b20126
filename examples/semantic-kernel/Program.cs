// An agent of Semantic Kernel that uses this server as a tool: it starts a workflow, waits for it and reports.
//
//   dotnet run --project examples/semantic-kernel -p:SemanticKernelHost=true -- "Run examples/fan-out.js and tell me what it found."
//
// OPENAI_API_KEY and MODEL (gpt-5-mini unless given) say what the agent thinks with; OPENAI_BASE_URL names another server that
// speaks OpenAI's chat completions. The workflow's own agents use the same, unless MCPWORKFLOWS_MODEL says otherwise.
// MCPWORKFLOWS_SERVER names another mcp-workflows.dll to start.

using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;
using ModelContextProtocol.Client;

var task = args.ElementAtOrDefault(0) ?? "Run the workflow examples/fan-out.js in a rehearsal and tell me what it found.";
var model = Environment.GetEnvironmentVariable("MODEL") ?? "gpt-5-mini";
var endpoint = new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "https://api.openai.com/v1");
var server = Environment.GetEnvironmentVariable("MCPWORKFLOWS_SERVER")
    ?? Path.Combine(AppContext.BaseDirectory, "../../McpWorkflows.Server", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/', '\\')), "mcp-workflows.dll");

// The server is a child process that speaks the protocol on its standard input and output.
await using var client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
{
    Name = "workflows",
    Command = "dotnet",
    Arguments = [server, "serve"],
    StandardErrorLines = Console.Error.WriteLine,
}));

var builder = Kernel.CreateBuilder();
builder.AddOpenAIChatCompletion(modelId: model, endpoint: endpoint, apiKey: Environment.GetEnvironmentVariable("OPENAI_API_KEY"));
var kernel = builder.Build();
kernel.Plugins.AddFromFunctions("workflows", (await client.ListToolsAsync()).Select(tool => tool.AsKernelFunction()));

var agent = new ChatCompletionAgent
{
    Kernel = kernel,
    Instructions = """
        You hand large jobs to workflows. Start one with start_workflow, ask get_status (waitSeconds 45) until it has ended,
        and report the result in your own words. A tool's error names the remedy: try it once.
        """,
    // Numbers stay numbers: the tools say what they take.
    Arguments = new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(options: new FunctionChoiceBehaviorOptions { RetainArgumentTypes = true }) }),
};

await foreach (var answer in agent.InvokeAsync(new ChatMessageContent(AuthorRole.User, task)))
{
    Console.WriteLine(answer.Message.Content);
}
