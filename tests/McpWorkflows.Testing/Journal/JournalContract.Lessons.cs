using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using Xunit;

namespace McpWorkflows.Testing.Journal;

public abstract partial class JournalContract
{
    [Fact]
    public async Task Lessons_OfAProjectNobodyKeptAny_AreAnEmptyBook()
    {
        await using var journal = await OpenAsync();

        var book = await journal.ReadLessonsAsync("/p", Cancellation);

        Assert.Empty(book.Lessons);
        Assert.Equal((0, null, null), (book.LastNumber, book.DreamRun, book.DreamtTo));
    }

    [Fact]
    public async Task Lessons_AllFields_ReadBackTheSameByAnotherOwner()
    {
        await using var journal = await OpenAsync();
        var kept = new LessonBook
        {
            LastNumber = 9,
            DreamRun = "wf_dream",
            DreamtTo = Noon,
            DreamtAt = Noon.AddHours(1),
            Claim = "c",
            ClaimedAt = Noon.AddHours(2),
            Lessons =
            [
                new Lesson { Number = 2, Text = "été \ud800", CreatedAt = Noon, UpdatedAt = Noon, Topics = ["a", "b c"], Audience = LessonAudience.Planner, Evidence = [new("wf_1", "find"), new("wf_2", null)] },
                new Lesson { Number = 7, Text = "gone", CreatedAt = Noon, UpdatedAt = Noon.AddDays(1), DeletedAt = Noon.AddDays(2), IsPersons = true },
            ],
        };

        await journal.ChangeLessonsAsync("/p", _ => kept, Cancellation);
        await using var other = await OpenAsync();
        var read = await other.ReadLessonsAsync("/p", Cancellation);

        Assert.Equal(kept with { Lessons = [] }, read with { Lessons = [] });
        Assert.Equal(
            kept.Lessons.Select(lesson => lesson with { Topics = [], Evidence = [] }), read.Lessons.Select(lesson => lesson with { Topics = [], Evidence = [] }));
        Assert.Equal(["a", "b c"], read.Lessons[0].Topics);
        Assert.Equal([new("wf_1", "find"), new("wf_2", null)], read.Lessons[0].Evidence);
        Assert.Empty((await other.ReadLessonsAsync("/q", Cancellation)).Lessons);
    }

    [Fact]
    public async Task ChangeLessons_FunctionThrows_WritesNothingAndTellsTheCaller()
    {
        await using var journal = await OpenAsync();
        await journal.ChangeLessonsAsync("/p", book => book.Add("one", [], LessonAudience.All, Noon), Cancellation);

        await Assert.ThrowsAsync<LessonException>(() => journal.ChangeLessonsAsync("/p", book => book.Delete(5, Noon), Cancellation));

        Assert.Equal("one", Assert.Single((await journal.ReadLessonsAsync("/p", Cancellation)).Lessons).Text);
    }

    [Fact]
    public async Task ChangeLessons_ManyAtOnceFromTwoOwners_LoseNone()
    {
        await using var journal = await OpenAsync();
        await using var other = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? journal : other).ChangeLessonsAsync("/p", book => book.Add($"lesson {i}", [], LessonAudience.All, Noon), Cancellation)));

        var lessons = (await journal.ReadLessonsAsync("/p", Cancellation)).Lessons;
        Assert.Equal(20, lessons.Select(lesson => lesson.Text).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 20), lessons.Select(lesson => lesson.Number));
    }
}
