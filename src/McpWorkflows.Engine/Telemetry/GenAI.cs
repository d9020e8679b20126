namespace McpWorkflows.Engine.Telemetry;

/// <summary>
/// Names of OpenTelemetry's semantic conventions for generative AI (v1.41, in development), and the product's own where
/// the conventions have none: those begin with <c>mcpworkflows.</c>
/// </summary>
public static class GenAI
{
    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CachedTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string TokenType = "gen_ai.token.type";
    public const string OutputType = "gen_ai.output.type";
    public const string AgentName = "gen_ai.agent.name";
    public const string WorkflowName = "gen_ai.workflow.name";
    public const string ToolName = "gen_ai.tool.name";
    public const string ToolType = "gen_ai.tool.type";
    public const string ToolCallId = "gen_ai.tool.call.id";
    public const string ErrorType = "error.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";

    /// <summary>What is said only when the settings ask for it.</summary>
    public const string InputMessages = "gen_ai.input.messages";
    public const string OutputMessages = "gen_ai.output.messages";
    public const string ToolArguments = "gen_ai.tool.call.arguments";
    public const string ToolResult = "gen_ai.tool.call.result";

    public const string InvokeWorkflow = "invoke_workflow";
    public const string InvokeAgent = "invoke_agent";
    public const string Chat = "chat";
    public const string ExecuteTool = "execute_tool";

    public const string RunId = "mcpworkflows.run.id";
    public const string ParentRunId = "mcpworkflows.run.parent_id";
    public const string RunState = "mcpworkflows.run.state";
    public const string RunResumed = "mcpworkflows.run.resumed";
    public const string RunAgents = "mcpworkflows.run.agents";
    public const string RunFromJournal = "mcpworkflows.run.agents_from_journal";
    public const string RunFailed = "mcpworkflows.run.agents_failed";
    public const string RunSkipped = "mcpworkflows.run.agents_skipped";
    public const string Phase = "mcpworkflows.phase";
    public const string AgentNumber = "mcpworkflows.agent.number";
    public const string AgentType = "mcpworkflows.agent.type";
    public const string AgentOutcome = "mcpworkflows.agent.outcome";
    public const string AgentAttempts = "mcpworkflows.agent.attempts";
    public const string QueueSeconds = "mcpworkflows.agent.queue_seconds";
    public const string Attempt = "mcpworkflows.attempt";

    /// <summary>US dollars.</summary>
    public const string Cost = "mcpworkflows.cost_usd";

    /// <summary>The conventions' name of a provider, which for most is the product's own.</summary>
    public static string ProviderName(string provider) => provider switch
    {
        "azure" => "azure.ai.openai",
        "mistral" => "mistral_ai",
        "gemini" or "google" => "gcp.gemini",
        "xai" => "x_ai",
        _ => provider,
    };
}
