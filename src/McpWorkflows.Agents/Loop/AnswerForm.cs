namespace McpWorkflows.Agents.Loop;

/// <summary>How a model is asked for an answer that has a schema.</summary>
internal enum AnswerForm
{
    /// <summary>Through the tool <c>StructuredOutput</c>.</summary>
    Tool,

    /// <summary>As its last message, with the schema as the response format.</summary>
    Format,

    /// <summary>
    /// As its last message, with the response format only once there is nothing left but to answer. Servers that constrain
    /// what the model may write would otherwise keep it from calling tools.
    /// </summary>
    LateFormat,
}
