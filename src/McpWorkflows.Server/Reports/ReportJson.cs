using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.Reports;

/// <summary>How everything this server says about runs becomes JSON. Generated code: reflection would cost the first answer 50 ms.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(RunListReport))]
[JsonSerializable(typeof(RehearsalReport))]
[JsonSerializable(typeof(ValidationReport))]
[JsonSerializable(typeof(WorkflowListReport))]
[JsonSerializable(typeof(PruneSummary))]
[JsonSerializable(typeof(ImportSummary))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(RunListAnswer))]
[JsonSerializable(typeof(ResultPage))]
[JsonSerializable(typeof(WorkflowListAnswer))]
[JsonSerializable(typeof(WorkflowSavedAnswer))]
[JsonSerializable(typeof(LessonListReport))]
[JsonSerializable(typeof(DreamReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Deeper results are shown as text.</summary>
    public const int MaxDepth = 500;

    /// <summary>For models: one line, letters as they are. Escapes such as <c>\u00EF</c> cost tokens and confuse.</summary>
    public static ReportJson Compact { get; } = new(Settings(indented: false));

    /// <summary>For people and pipes.</summary>
    public static ReportJson Indented { get; } = new(Settings(indented: true));

    private static JsonSerializerOptions Settings(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
        MaxDepth = MaxDepth + 10,
    };
}
