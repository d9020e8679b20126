using System.Text.Json.Serialization;

namespace McpWorkflows.Server.Doctor;

/// <summary>What one check found.</summary>
internal sealed class Finding
{
    public required string Check { get; init; }

    /// <summary><c>ok</c>, <c>note</c> or <c>fault</c>.</summary>
    public required string Status { get; init; }

    public required string Message { get; init; }

    /// <summary>What to do; always there for a fault.</summary>
    public string? Remedy { get; init; }

    public static Finding Ok(string check, string message) => new() { Check = check, Status = "ok", Message = message };

    public static Finding Note(string check, string message, string? remedy = null) => new() { Check = check, Status = "note", Message = message, Remedy = remedy };

    public static Finding Fault(string check, string message, string remedy) => new() { Check = check, Status = "fault", Message = message, Remedy = remedy };
}

/// <summary>What <c>doctor --json</c> prints.</summary>
internal sealed class DoctorReport
{
    public required bool Healthy { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
