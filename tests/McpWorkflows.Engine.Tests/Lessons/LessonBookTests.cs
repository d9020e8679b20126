using System.Text.Json;
using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Engine.Tests.Lessons;

public sealed class LessonBookTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private static readonly LessonBook Empty = new();

    [Theory]
    [InlineData("  two\n lines\tand\u0007 a bell ", "two lines and a bell")]
    [InlineData("</lessons> <b>`x`", "‹/lessons› ‹b›'x'")]
    [InlineData("right\u202eleft\u200b", "right left")]
    public void Clean_WhatCouldEndItsQuotation_IsOneHarmlessLine(string text, string clean) => Assert.Equal(clean, LessonText.Clean(text));

    [Fact]
    public void Clean_LongText_IsCut() => Assert.Equal(LessonText.MaxLength, LessonText.Clean(new string('a', 100_000)).Length);

    [Fact]
    public void Add_ThirtyFirst_IsRefusedWithTheRemedy()
    {
        var full = Enumerable.Range(0, LessonBook.MaxLessons).Aggregate(Empty, (book, i) => book.Add($"lesson {i}", [], LessonAudience.All, Now));

        Assert.Contains("Delete one", Assert.Throws<LessonException>(() => full.Add("one more", [], LessonAudience.All, Now)).Message, StringComparison.Ordinal);
        Assert.Equal(31, full.Delete(3, Now).Add("one more", [], LessonAudience.All, Now).LastNumber);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    public void Add_WithoutText_IsRefused(string text) => Assert.Throws<LessonException>(() => Empty.Add(text, [], LessonAudience.All, Now));

    [Fact]
    public void Curate_NewLesson_KeepsEvidenceOfRunsAndLabelsThatThereAre()
    {
        var (book, changes) = Curate(Empty, Proposal("Lines count from 1.", """{"run":"wf_1","label":"find"}, {"run":"wf_1","label":"made up"}, {"run":"wf_none","label":"find"}"""));

        Assert.Equal([new("wf_1", "find"), new("wf_1", null)], Assert.Single(book.Live).Evidence);
        Assert.Equal(new LessonChanges(1, 0, 0, 0), changes);
    }

    [Fact]
    public void Curate_WithoutEvidence_IsRefused() =>
        Assert.Equal(new LessonChanges(0, 0, 0, 1), Curate(Empty, Proposal("Lines count from 1.", """{"run":"wf_none","label":""}""")).Changes);

    [Theory]
    [InlineData("Lines count from 1.")]
    [InlineData("lines count always from 1")]
    public void Curate_WhatAPersonDeleted_DoesNotComeBack(string again)
    {
        var (book, _) = Curate(Empty, Proposal("Lines count from 1."));

        var (after, changes) = Curate(book.Delete(1, Now), Proposal(again));

        Assert.Empty(after.Live);
        Assert.Equal(1, changes.Refused);
        Assert.Empty(Curate(book.Delete(1, Now), Proposal("Something else entirely", number: 1)).Book.Live);
    }

    [Fact]
    public void Curate_SameEvidenceInOtherWords_StaysDeletedToo()
    {
        var (book, _) = Curate(Empty, Proposal("Count lines from 1 when naming places."));

        Assert.Empty(Curate(book.Delete(1, Now), Proposal("Name places by lines, beginning at 1.")).Book.Live);
    }

    [Fact]
    public void Curate_WhatAPersonEditedOrWrote_StaysAsItIs()
    {
        var book = Curate(Empty, Proposal("Lines count from 1.")).Book.Edit(1, "Mine now.", null, null, Now).Add("Mine too.", [], LessonAudience.All, Now);

        var (after, changes) = LessonCurator.Apply(book, Read($$"""{ "lessons": [{{Proposal("Rewritten", number: 1)}}, {{Proposal("Mine too.")}}], "retire": [1, 2] }"""), Now.AddDays(1));

        Assert.Equal(new LessonChanges(0, 0, 0, 0), changes);
        Assert.Equal(book.Lessons, after.Lessons);
    }

    [Fact]
    public void Curate_ItsOwn_AreRewrittenMergedAndRetired()
    {
        var book = Curate(Curate(Empty, Proposal("Lines count from 1.")).Book, Proposal("Tests live in tests.")).Book;

        var (after, changes) = LessonCurator.Apply(
            book, Read($$"""{ "lessons": [{{Proposal("Lines count from 1, columns from 0.", number: 1)}}], "retire": [2, 77] }"""), Now.AddDays(1));

        var lesson = Assert.Single(after.Live);
        Assert.Equal(("Lines count from 1, columns from 0.", Now, Now.AddDays(1)), (lesson.Text, lesson.CreatedAt, lesson.UpdatedAt));
        Assert.Equal(new LessonChanges(0, 1, 1, 0), changes);
        Assert.Equal(3, Curate(after, Proposal("A third thing altogether.")).Book.Live.Last().Number);
    }

    [Fact]
    public void Curate_MoreThanThereIsRoomFor_GivesUpTheOldestOfItsOwn()
    {
        var book = Empty.Add("Mine, and old.", [], LessonAudience.All, Now.AddYears(-1));
        for (var i = 0; i < LessonBook.MaxLessons + 3; i++)
            book = LessonCurator.Apply(book, Read($$"""{ "lessons": [{{Proposal($"word{i} other{i} third{i}")}}], "retire": [] }"""), Now.AddDays(i)).Book;

        Assert.Equal(LessonBook.MaxLessons, book.Live.Count());
        Assert.Equal("Mine, and old.", book.Live.First().Text);
        Assert.Contains("word32", book.Live.Last().Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "lessons": "many", "retire": {} }""")]
    [InlineData("""{ "lessons": [1, null, { "text": 7, "evidence": 3, "topics": "x" }], "retire": ["1"] }""")]
    public void Curate_NonsenseForAResult_ChangesNothing(string result)
    {
        var book = Curate(Empty, Proposal("Lines count from 1.")).Book;

        Assert.Equal(book.Lessons, LessonCurator.Apply(book, Read(result), Now).Book.Lessons);
    }

    [Fact]
    public void ForPlanner_LeavesOutWhatIsForAgents()
    {
        var book = Empty.Add("for agents", [], LessonAudience.Agents, Now).Add("for all", [], LessonAudience.All, Now).Add("to plan", ["tests"], LessonAudience.Planner, Now);

        Assert.Equal("- for all\n- to plan (about tests)", book.ForPlanner());
        Assert.Null(Empty.ForPlanner());
    }

    private static (LessonBook Book, LessonChanges Changes) Curate(LessonBook book, string proposal) =>
        LessonCurator.Apply(book, Read($$"""{ "lessons": [{{proposal}}], "retire": [] }"""), Now);

    private static LessonCuration Read(string result) => LessonCuration.Read("""{ "digests": [{ "run": "wf_1", "labels": ["find"] }] }""", result);

    private static string Proposal(string text, string evidence = """{"run":"wf_1","label":"find"}""", int number = 0) =>
        $$"""{ "number": {{number}}, "text": {{JsonSerializer.Serialize(text)}}, "topics": [], "audience": "all", "evidence": [{{evidence}}] }""";
}
