using System.Data.Common;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.Reading;
using McpWorkflows.Journal.Texts;
using static McpWorkflows.Journal.Reading.Query;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Lessons;

/// <summary>How a project's book is stored, for readers and for the writer.</summary>
internal static class LessonRows
{
    public const string SelectBook = "SELECT LastNumber, DreamRun, DreamtTo, DreamtAt, Claim, ClaimedAt FROM LessonBooks WHERE Project = @0";

    public const string SelectLessons = """
        SELECT Number, CreatedAt, UpdatedAt, DeletedAt, IsPersons, Audience, Text, TopicsJson, EvidenceJson
        FROM Lessons WHERE Project = @0 ORDER BY Number
        """;

    public static LessonBook Book(DbDataReader row) => new()
    {
        LastNumber = row.GetInt32(0),
        DreamRun = Text(row, 1),
        DreamtTo = Records.Time(Number(row, 2)),
        DreamtAt = Records.Time(Number(row, 3)),
        Claim = Text(row, 4),
        ClaimedAt = Records.Time(Number(row, 5)),
    };

    public static Lesson Lesson(DbDataReader row) => new()
    {
        Number = row.GetInt32(0),
        CreatedAt = Records.Time(row.GetInt64(1)),
        UpdatedAt = Records.Time(row.GetInt64(2)),
        DeletedAt = Records.Time(Number(row, 3)),
        IsPersons = Flag(row, 4),
        Audience = Names.To<LessonAudience>(row.GetString(5)),
        Text = Decode(row.GetString(6)),
        Topics = JournalJson.ReadTopics(row.GetString(7)),
        Evidence = JournalJson.ReadEvidence(row.GetString(8)),
    };
}
