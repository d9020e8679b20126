using McpWorkflows.SemanticKernel.Tools;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI.Chat;
using OpenAIFormat = OpenAI.Chat.ChatResponseFormat;

namespace McpWorkflows.SemanticKernel.Chat;

/// <summary>The execution settings of one request.</summary>
internal static class RoundSettings
{
    public static PromptExecutionSettings Of(KernelModel model, ChatOptions options)
    {
        var settings = model.IsOpenAI ? ForOpenAI(options) : new PromptExecutionSettings();
        settings.ServiceId = model.ServiceId;
        settings.ModelId = model.ModelId;
        var functions = (options.Tools ?? []).OfType<KernelTool>().Select(tool => tool.Function).ToArray();
        settings.FunctionChoiceBehavior = functions.Length == 0 ? null
            : options.ToolMode is NoneChatToolMode ? FunctionChoiceBehavior.None(functions)
            : FunctionChoiceBehavior.Auto(functions, autoInvoke: false);
        return settings;
    }

    private static OpenAIPromptExecutionSettings ForOpenAI(ChatOptions options)
    {
        var settings = new OpenAIPromptExecutionSettings { MaxTokens = options.MaxOutputTokens };
        if (options.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } format)
        {
            settings.ResponseFormat = OpenAIFormat.CreateJsonSchemaFormat(format.SchemaName ?? "answer", BinaryData.FromString(schema.GetRawText()));
        }

        if (Effort(options) is { } effort)
        {
            settings.ReasoningEffort = new ChatReasoningEffortLevel(effort);
        }

        return settings;
    }

    private static string? Effort(ChatOptions options) => options.Reasoning?.Effort switch
    {
        null => null,
        ReasoningEffort.None => "none",
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.ExtraHigh => "xhigh",
        _ => "high",
    };
}
