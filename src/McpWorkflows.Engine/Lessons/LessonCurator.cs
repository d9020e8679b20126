namespace McpWorkflows.Engine.Lessons;

/// <summary>
/// Takes in what a run that gathers lessons brought. The rules hold whatever the models said: what a person wrote or
/// edited stays, what a person deleted does not come back, nothing comes without evidence, and there are never too many.
/// </summary>
internal static class LessonCurator
{
    private const double SameWords = 0.5;
    private const double AlikeWithTheSameEvidence = 0.2;
    private const int KeptEvidence = 8;

    public static (LessonBook Book, LessonChanges Changes) Apply(LessonBook book, LessonCuration curation, DateTimeOffset now)
    {
        var (added, changed, retired, refused) = (0, 0, 0, 0);
        foreach (var lesson in book.Live.Where(lesson => !lesson.IsPersons && curation.Retired.Contains(lesson.Number)).ToList())
        {
            book = book.With(book.Lessons.Where(one => one != lesson));
            retired++;
        }

        foreach (var proposed in curation.Lessons.Take(LessonBook.MaxLessons))
        {
            if (Target(book, proposed) is { } lesson)
            {
                var renewed = Renew(lesson, proposed, now);
                changed += renewed is null ? 0 : 1;
                book = renewed is null ? book : book.Replace(renewed);
            }
            else if (Refuses(book, proposed))
            {
                refused++;
            }
            else
            {
                (book, var pushedOut) = Add(book, proposed, now);
                added++;
                retired += pushedOut;
            }
        }

        return (book, new LessonChanges(added, changed, retired, refused));
    }

    /// <summary>The lesson that is meant: by number, or by saying the same.</summary>
    private static Lesson? Target(LessonBook book, ProposedLesson proposed) =>
        book.Live.FirstOrDefault(lesson => lesson.Number == proposed.Number)
        ?? book.Live.FirstOrDefault(lesson => LessonText.Likeness(lesson.Text, proposed.Text) > SameWords);

    private static Lesson? Renew(Lesson lesson, ProposedLesson proposed, DateTimeOffset now)
    {
        if (lesson.IsPersons || proposed.Evidence.Count == 0)
            return null;
        var evidence = lesson.Evidence.Concat(proposed.Evidence).Distinct().TakeLast(KeptEvidence).ToList();
        var renewed = lesson with
        {
            Text = proposed.Text.Length == 0 ? lesson.Text : proposed.Text,
            Topics = proposed.Topics,
            Audience = proposed.Audience,
            Evidence = evidence,
            UpdatedAt = now,
        };
        return renewed.Text == lesson.Text && renewed.Audience == lesson.Audience
            && renewed.Topics.SequenceEqual(lesson.Topics) && evidence.SequenceEqual(lesson.Evidence)
            ? null
            : renewed;
    }

    private static bool Refuses(LessonBook book, ProposedLesson proposed) =>
        proposed.Text.Length == 0
        || proposed.Evidence.Count == 0
        || (proposed.Number != 0 && book.Deleted.Any(lesson => lesson.Number == proposed.Number))
        || book.Deleted.Any(lesson => IsThatOfBefore(lesson, proposed))
        || book.Live.Count(lesson => lesson.IsPersons) >= LessonBook.MaxLessons;

    private static bool IsThatOfBefore(Lesson deleted, ProposedLesson proposed)
    {
        var likeness = LessonText.Likeness(deleted.Text, proposed.Text);
        return likeness >= SameWords || (likeness >= AlikeWithTheSameEvidence && proposed.Evidence.All(deleted.Evidence.Contains));
    }

    private static (LessonBook Book, int PushedOut) Add(LessonBook book, ProposedLesson proposed, DateTimeOffset now)
    {
        var oldest = book.Live.Count() < LessonBook.MaxLessons ? null : book.Live.Where(lesson => !lesson.IsPersons).OrderBy(lesson => lesson.UpdatedAt).First();
        var lesson = new Lesson
        {
            Number = book.NextNumber,
            Text = proposed.Text,
            Topics = proposed.Topics,
            Audience = proposed.Audience,
            Evidence = proposed.Evidence,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return (book.With(book.Lessons.Where(one => one != oldest).Append(lesson)), oldest is null ? 0 : 1);
    }
}

/// <summary>What gathering lessons changed.</summary>
/// <param name="Retired">Lessons of the curator's that were given up.</param>
/// <param name="Refused">Proposals without evidence, or such as a person had deleted.</param>
public sealed record LessonChanges(int Added, int Changed, int Retired, int Refused);
