using System.Text.Json;
using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Processes;
using McpWorkflows.Agents.Tools;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace McpWorkflows.SemanticKernel.Tools;

/// <summary>A tool of agents that is a function of a kernel: one of ours, or one of a plugin that was handed in.</summary>
internal sealed class KernelTool : AgentTool
{
    private const int Half = 25_000;
    private const int ShownLength = 100;

    private readonly Kernel _kernel;
    private readonly AgentTool? _own;

    /// <summary>A function of a plugin, as <c>Plugin-Function</c>.</summary>
    public KernelTool(Kernel kernel, KernelFunction function)
        : base(NameOf(function), function.Description, function.JsonSchema.GetRawText())
    {
        _kernel = kernel;
        Function = function;
    }

    /// <summary>One of ours. Dashes separate a plugin from its function, so the name gets none.</summary>
    public KernelTool(Kernel kernel, AgentTool own)
        : base(own.Name.Replace('-', '_'), own.Description, own.JsonSchema.GetRawText())
    {
        _kernel = kernel;
        _own = own;
        Function = new AgentToolFunction(own, Name).AsKernelFunction();
    }

    public KernelFunction Function { get; }

    public override string Describe(ToolArguments arguments)
    {
        if (_own is not null)
        {
            return _own.Describe(arguments);
        }

        var json = JsonSerializer.Serialize(arguments.Values);
        return $"{Name} {(json.Length > ShownLength ? json[..ShownLength] : json)}";
    }

    public override async Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            var given = new KernelArguments(arguments.Values.ToDictionary(value => value.Key, value => Plain(value.Value)));
            var result = await Function.InvokeAsync(_kernel, given, cancellationToken).ConfigureAwait(false);
            return Text(result.GetValue<object>());
        }
        // The boundary to functions and filters of any make. What ours refuse they have worded for the model themselves.
        catch (Exception exception) when (exception is not (ToolException or IOException or UnauthorizedAccessException) && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException($"{Name} failed: {exception.GetType().Name}: {McpWorkflows.Agents.OpenAI.ErrorReader.Clean(exception.Message, null)}");
        }
    }

    private static string NameOf(KernelFunction function)
    {
        var name = function.PluginName is { Length: > 0 } plugin ? $"{plugin}-{function.Name}" : function.Name;
        return McpServers.Clean(name);
    }

    private static object? Plain(object? value) => value is JsonElement { ValueKind: JsonValueKind.String } text ? text.GetString() : value;

    private static string Text(object? value)
    {
        var text = new CutText(Half, Half);
        text.Append(value switch
        {
            null => "Done.",
            string said => said,
            ChatMessageContent message => message.Content ?? "",
            _ => JsonSerializer.Serialize(value, value.GetType(), AIJsonUtilities.DefaultOptions),
        });
        return text.ToString();
    }
}
