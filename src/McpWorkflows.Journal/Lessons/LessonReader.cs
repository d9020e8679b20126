using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.Reading;

namespace McpWorkflows.Journal.Lessons;

/// <summary>Reads a project's book; a book that is changed meanwhile is read again by the next who asks.</summary>
internal sealed class LessonReader(Database database)
{
    private readonly Query query = new(database);

    public async Task<LessonBook> ReadAsync(string project, CancellationToken cancellationToken)
    {
        var books = await query.ReadAsync(LessonRows.SelectBook, LessonRows.Book, cancellationToken, ("@0", project)).ConfigureAwait(false);
        return books.Count == 0
            ? new LessonBook()
            : books[0] with { Lessons = await query.ReadAsync(LessonRows.SelectLessons, LessonRows.Lesson, cancellationToken, ("@0", project)).ConfigureAwait(false) };
    }
}
