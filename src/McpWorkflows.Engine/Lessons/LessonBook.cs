namespace McpWorkflows.Engine.Lessons;

/// <summary>All lessons of one project, and how far its runs have been read. A value: every change gives a new one.</summary>
public sealed record LessonBook
{
    /// <summary>Lessons that are in use at a time.</summary>
    public const int MaxLessons = 30;

    private const int MaxTombstones = 200;

    private const int MaxPlannerText = 4_000;

    /// <summary>By number, deleted ones included.</summary>
    public IReadOnlyList<Lesson> Lessons { get; init; } = [];

    /// <summary>The highest number ever given.</summary>
    public int LastNumber { get; init; }

    /// <summary>The run that gathers lessons and has not been taken in yet.</summary>
    public string? DreamRun { get; init; }

    /// <summary>Runs that ended until then have been read.</summary>
    public DateTimeOffset? DreamtTo { get; init; }

    /// <summary>When lessons were last gathered, or there was nothing to gather.</summary>
    public DateTimeOffset? DreamtAt { get; init; }

    /// <summary>Whoever is about to start a run that gathers lessons; it counts for two minutes from <see cref="ClaimedAt"/>.</summary>
    public string? Claim { get; init; }

    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>Those in use, by number.</summary>
    public IEnumerable<Lesson> Live => Lessons.Where(lesson => lesson.DeletedAt is null);

    /// <summary>What a person deleted.</summary>
    public IEnumerable<Lesson> Deleted => Lessons.Where(lesson => lesson.DeletedAt is not null);

    /// <summary>Throws <see cref="LessonException"/>.</summary>
    public Lesson Find(int number) => Live.FirstOrDefault(lesson => lesson.Number == number)
        ?? throw new LessonException(Lessons.Any(lesson => lesson.Number == number)
            ? $"Lesson {number} was deleted."
            : $"There is no lesson {number}. List the lessons to see their numbers.");

    /// <summary>A person adds one. Throws <see cref="LessonException"/>.</summary>
    public LessonBook Add(string text, IEnumerable<string> topics, LessonAudience audience, DateTimeOffset now)
    {
        if (Live.Count() >= MaxLessons)
            throw new LessonException($"There are {MaxLessons} lessons, which is the most. Delete one first.");
        return With(Lessons.Append(new Lesson
        {
            Number = NextNumber,
            Text = Given(text),
            Topics = LessonText.CleanTopics(topics),
            Audience = audience,
            IsPersons = true,
            CreatedAt = now,
            UpdatedAt = now,
        }));
    }

    /// <summary>A person edits one; null keeps what it had. From then on it is the person's. Throws <see cref="LessonException"/>.</summary>
    public LessonBook Edit(int number, string? text, IEnumerable<string>? topics, LessonAudience? audience, DateTimeOffset now)
    {
        var found = Find(number);
        return Replace(found with
        {
            Text = text is null ? found.Text : Given(text),
            Topics = topics is null ? found.Topics : LessonText.CleanTopics(topics),
            Audience = audience ?? found.Audience,
            IsPersons = true,
            UpdatedAt = now,
        });
    }

    /// <summary>A person deletes one, for good. Throws <see cref="LessonException"/>.</summary>
    public LessonBook Delete(int number, DateTimeOffset now) => Replace(Find(number) with { DeletedAt = now });

    /// <summary>For the planner's prompt: a line for each lesson on planning or on all; a person's first, then the latest. Null for none.</summary>
    public string? ForPlanner()
    {
        var room = MaxPlannerText;
        var lines = Live.Where(lesson => lesson.Audience != LessonAudience.Agents)
            .OrderByDescending(lesson => lesson.IsPersons).ThenByDescending(lesson => lesson.UpdatedAt)
            .Select(lesson => $"- {lesson.Text}{(lesson.Topics.Count > 0 ? $" (about {string.Join(", ", lesson.Topics)})" : "")}")
            .TakeWhile(line => (room -= line.Length + 1) >= 0)
            .ToList();
        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    internal int NextNumber => LastNumber + 1;

    internal LessonBook Replace(Lesson changed) => With(Lessons.Select(lesson => lesson.Number == changed.Number ? changed : lesson));

    internal LessonBook With(IEnumerable<Lesson> lessons)
    {
        List<Lesson> all = [.. lessons.OrderBy(lesson => lesson.Number)];
        var forgotten = all.Where(lesson => lesson.DeletedAt is not null).OrderByDescending(lesson => lesson.DeletedAt).Skip(MaxTombstones).ToHashSet();
        return this with
        {
            Lessons = forgotten.Count == 0 ? all : [.. all.Where(lesson => !forgotten.Contains(lesson))],
            LastNumber = all.Count == 0 ? LastNumber : Math.Max(LastNumber, all[^1].Number),
        };
    }

    private static string Given(string text)
    {
        var clean = LessonText.Clean(text);
        if (clean.Length == 0)
            throw new LessonException("A lesson needs a text.");
        return text.Length > LessonText.MaxLength
            ? throw new LessonException($"A lesson has at most {LessonText.MaxLength} characters; this one has {text.Length}. Say it in fewer words, or make two of it.")
            : clean;
    }
}

/// <summary>A lesson cannot be changed so; the message says why.</summary>
public sealed class LessonException(string message) : Exception(message);
