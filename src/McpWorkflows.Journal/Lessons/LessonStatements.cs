using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.Texts;
using McpWorkflows.Journal.Writing;
using Microsoft.Data.Sqlite;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Lessons;

/// <summary>Reads and writes a project's book within the writer's transaction. Rare, so that nothing is prepared beforehand.</summary>
internal sealed class LessonStatements(SqliteConnection connection)
{
    public LessonBook Read(string project)
    {
        var book = new LessonBook();
        using (var select = new Statement(connection, 1, LessonRows.SelectBook))
        using (var rows = select.Query(project))
        {
            if (!rows.Read())
            {
                return book;
            }

            book = LessonRows.Book(rows);
        }

        using var selectLessons = new Statement(connection, 1, LessonRows.SelectLessons);
        using var lessonRows = selectLessons.Query(project);
        var lessons = new List<Lesson>();
        while (lessonRows.Read())
        {
            lessons.Add(LessonRows.Lesson(lessonRows));
        }

        return book with { Lessons = lessons };
    }

    public void Write(string project, LessonBook book)
    {
        // All of it anew: a book is small.
        foreach (var table in new[] { "Lessons", "LessonBooks" })
        {
            using var delete = new Statement(connection, 1, $"DELETE FROM {table} WHERE Project = @0");
            delete.Execute(project);
        }

        using var putBook = new Statement(connection, 7, """
            INSERT INTO LessonBooks (Project, LastNumber, DreamRun, DreamtTo, DreamtAt, Claim, ClaimedAt) VALUES (@0, @1, @2, @3, @4, @5, @6)
            """);
        putBook.Execute(
            project, book.LastNumber, book.DreamRun, book.DreamtTo?.UtcTicks, book.DreamtAt?.UtcTicks, book.Claim, book.ClaimedAt?.UtcTicks);
        using var put = new Statement(connection, 10, """
            INSERT INTO Lessons (Project, Number, CreatedAt, UpdatedAt, DeletedAt, IsPersons, Audience, Text, TopicsJson, EvidenceJson)
            VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9)
            """);
        foreach (var lesson in book.Lessons)
        {
            put.Execute(
                project,
                lesson.Number,
                lesson.CreatedAt.UtcTicks,
                lesson.UpdatedAt.UtcTicks,
                lesson.DeletedAt?.UtcTicks,
                lesson.IsPersons,
                Names.Of(lesson.Audience),
                Encode(lesson.Text),
                JournalJson.WriteTopics(lesson.Topics),
                JournalJson.WriteEvidence(lesson.Evidence));
        }
    }
}
