using System.Text.Json;
using McpWorkflows.Agents.Rehearsal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Agents.Schemas;

/// <summary>People's answers to questions, against the questions' schemas.</summary>
public sealed class AnswerSchemas : IAnswerValidator
{
    private const int ShownErrors = 5;

    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 1_000 };

    /// <inheritdoc/>
    public string? FindFault(string schemaJson, string answerJson)
    {
        using var schema = JsonDocument.Parse(schemaJson, Depth);
        using var answer = JsonDocument.Parse(answerJson, Depth);
        var errors = new JsonSchemaValidator(schema.RootElement).Validate(answer.RootElement);
        if (errors.Count == 0)
        {
            return null;
        }

        var more = errors.Count > ShownErrors ? $"; and {errors.Count - ShownErrors} more" : "";
        return string.Join("; ", errors.Take(ShownErrors)) + more + ".";
    }

    /// <summary>JSON text of an answer that nobody gave, for rehearsals.</summary>
    /// <param name="longest">Items of lists, where the schema lets them be so many; nested lists have half of that.</param>
    public static string MakeUp(string? schemaJson, int longest = 2)
    {
        if (schemaJson is null)
        {
            return "\"[rehearsed answer]\"";
        }

        using var schema = JsonDocument.Parse(schemaJson, Depth);
        return new SampleValue(schema.RootElement, longest == 0, longest).Make()?.ToJsonString() ?? "null";
    }
}
