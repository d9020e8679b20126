using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.Texts;
using McpWorkflows.Journal.Writing;
using static McpWorkflows.Journal.Texts.StoredText;

namespace McpWorkflows.Journal.Lessons;

/// <summary>Reads and writes a project's book within the writer's transaction. Rare, so that nothing is prepared beforehand.</summary>
internal sealed class LessonStatements(WriteConnection connection)
{
    public LessonBook Read(string project)
    {
        connection.Lock(project);
        var book = new LessonBook();
        using (var select = connection.Prepare(1, LessonRows.SelectBook))
        using (var rows = select.Query(project))
        {
            if (!rows.Read())
            {
                return book;
            }

            book = LessonRows.Book(rows);
        }

        using var selectLessons = connection.Prepare(1, LessonRows.SelectLessons);
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
            using var delete = connection.Prepare(1, $"DELETE FROM {table} WHERE Project = @0");
            delete.Post(project);
        }

        using var putBook = connection.Prepare(7, """
            INSERT INTO LessonBooks (Project, LastNumber, DreamRun, DreamtTo, DreamtAt, Claim, ClaimedAt) VALUES (@0, @1, @2, @3, @4, @5, @6)
            """);
        putBook.Post(
            project, book.LastNumber, book.DreamRun, book.DreamtTo?.UtcTicks, book.DreamtAt?.UtcTicks, book.Claim, book.ClaimedAt?.UtcTicks);
        using var put = connection.Prepare(10, """
            INSERT INTO Lessons (Project, Number, CreatedAt, UpdatedAt, DeletedAt, IsPersons, Audience, Text, TopicsJson, EvidenceJson)
            VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9)
            """);
        foreach (var lesson in book.Lessons)
        {
            put.Post(
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
