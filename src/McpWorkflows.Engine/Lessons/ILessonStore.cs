namespace McpWorkflows.Engine.Lessons;

/// <summary>Keeps the lessons of projects. Safe for use from any thread and from several processes.</summary>
public interface ILessonStore
{
    /// <summary>The book of a project, named by its absolute path; an empty one where nothing was kept.</summary>
    Task<LessonBook> ReadLessonsAsync(string project, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a project's book by what <paramref name="change"/> makes of it, with nobody else writing between; gives the
    /// new one. What the function throws reaches the caller, and nothing is written. It may be called more than once.
    /// </summary>
    Task<LessonBook> ChangeLessonsAsync(string project, Func<LessonBook, LessonBook> change, CancellationToken cancellationToken);
}
