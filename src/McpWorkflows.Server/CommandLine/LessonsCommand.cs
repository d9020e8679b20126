using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>lessons [list|show N|add TEXT|edit N [TEXT]|delete N]</c></summary>
internal static class LessonsCommand
{
    public static Command Create(SharedOptions shared)
    {
        var command = new Command("lessons", "Lists what past runs of this project taught; agents and the planner are told where it applies.") { shared.Workspace };
        command.SetAction((parsed, cancellationToken) => ListAsync(shared, parsed, null, cancellationToken));
        command.Subcommands.Add(List(shared));
        command.Subcommands.Add(Show(shared));
        command.Subcommands.Add(Add(shared));
        command.Subcommands.Add(Edit(shared));
        command.Subcommands.Add(Delete(shared));
        return command;
    }

    private static Command List(SharedOptions shared)
    {
        var command = new Command("list", "Lists the lessons.") { shared.Workspace };
        command.SetAction((parsed, cancellationToken) => ListAsync(shared, parsed, null, cancellationToken));
        return command;
    }

    private static Command Show(SharedOptions shared)
    {
        var number = Number();
        var command = new Command("show", "Shows a lesson with its evidence.") { number, shared.Workspace };
        command.SetAction((parsed, cancellationToken) => ListAsync(shared, parsed, parsed.GetRequiredValue(number), cancellationToken));
        return command;
    }

    private static Command Add(SharedOptions shared)
    {
        var text = new Argument<string>("TEXT") { Description = $"The lesson, in at most {LessonText.MaxLength} characters." };
        var scope = new LessonScope();
        var command = new Command("add", "Adds a lesson of your own; gathering leaves it as it is.") { text, shared.Workspace };
        scope.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ChangeAsync(
            shared,
            parsed,
            (book, now) => book.Add(parsed.GetRequiredValue(text), scope.Topics(parsed) ?? [], scope.Audience(parsed) ?? LessonAudience.All, now),
            book => book.LastNumber,
            "Added",
            cancellationToken));
        return command;
    }

    private static Command Edit(SharedOptions shared)
    {
        var number = Number();
        var text = new Argument<string?>("TEXT") { Description = "The new text; left out, it stays.", Arity = ArgumentArity.ZeroOrOne };
        var scope = new LessonScope();
        var command = new Command("edit", "Changes a lesson; from then on it is yours, and gathering leaves it as it is.") { number, text, shared.Workspace };
        scope.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(text) is null && scope.Topics(parsed) is null && scope.Audience(parsed) is null)
                throw new UsageException("Say what to change: lessons edit 3 \"the new text\", or --about, or --for.");
            return ChangeAsync(
                shared,
                parsed,
                (book, now) => book.Edit(parsed.GetRequiredValue(number), parsed.GetValue(text), scope.Topics(parsed), scope.Audience(parsed), now),
                _ => parsed.GetRequiredValue(number),
                "Changed",
                cancellationToken);
        });
        return command;
    }

    private static Command Delete(SharedOptions shared)
    {
        var number = Number();
        var command = new Command("delete", "Deletes a lesson for good: gathering does not bring it back.") { number, shared.Workspace };
        command.SetAction((parsed, cancellationToken) => ChangeAsync(
            shared, parsed, (book, now) => book.Delete(parsed.GetRequiredValue(number), now), _ => parsed.GetRequiredValue(number), "Deleted", cancellationToken));
        return command;
    }

    private static Argument<int> Number() => new("N") { Description = "The lesson's number, as lessons lists it." };

    private static async Task<int> ListAsync(SharedOptions shared, ParseResult parsed, int? number, CancellationToken cancellationToken)
    {
        await using var workbench = new Workbench(shared.Bench(parsed) with { ReadsOnly = true });
        var book = await BookAsync(workbench, cancellationToken);
        if (number is { } wanted)
            book = book with { Lessons = [book.Find(wanted)] };
        if (parsed.GetValue(shared.Json))
            Console.Out.WriteLine(JsonSerializer.Serialize(LessonListReport.Of(book), ReportJson.Indented.LessonListReport));
        else
            Print(book, withEvidence: number is not null);
        return ExitCodes.Completed;
    }

    private static async Task<LessonBook> BookAsync(Workbench workbench, CancellationToken cancellationToken)
    {
        try
        {
            await (await workbench.DreamsAsync(cancellationToken)).CatchUpAsync(workbench.Workspace, cancellationToken);
        }
        catch (Engine.Journal.JournalException)
        {
            // A journal that cannot be written shows what it holds.
        }

        return await (await workbench.JournalAsync(cancellationToken)).ReadLessonsAsync(ProjectFolder.RootOf(workbench.Workspace), cancellationToken);
    }

    private static async Task<int> ChangeAsync(
        SharedOptions shared, ParseResult parsed, Func<LessonBook, DateTimeOffset, LessonBook> change, Func<LessonBook, int> concerned, string done, CancellationToken cancellationToken)
    {
        await using var workbench = new Workbench(shared.Bench(parsed));
        var journal = await workbench.JournalAsync(cancellationToken);
        var book = await journal.ChangeLessonsAsync(ProjectFolder.RootOf(workbench.Workspace), found => change(found, TimeProvider.System.GetUtcNow()), cancellationToken);
        var lesson = book.Lessons.Single(one => one.Number == concerned(book));
        if (parsed.GetValue(shared.Json))
            Console.Out.WriteLine(JsonSerializer.Serialize(LessonListReport.Of(book with { Lessons = [lesson with { DeletedAt = null }] }), ReportJson.Indented.LessonListReport));
        else
            Console.Error.WriteLine($"{done} lesson {lesson.Number}: {lesson.Text}");
        return ExitCodes.Completed;
    }

    private static void Print(LessonBook book, bool withEvidence)
    {
        if (!book.Live.Any())
            Console.Error.WriteLine("No lessons yet. Gather them from past runs: mcp-workflows dream. Or add one: mcp-workflows lessons add \"…\"");
        foreach (var lesson in book.Live)
        {
            List<string> notes = [];
            if (lesson.IsPersons)
                notes.Add("yours");
            if (lesson.Audience != LessonAudience.All)
                notes.Add($"for {(lesson.Audience == LessonAudience.Planner ? "the planner" : "agents")}");
            if (lesson.Topics.Count > 0)
                notes.Add($"about {string.Join(", ", lesson.Topics)}");
            Console.Out.WriteLine($"{lesson.Number.ToString(CultureInfo.InvariantCulture),4}  {lesson.Text}{(notes.Count > 0 ? $" ({string.Join("; ", notes)})" : "")}");
            if (!withEvidence)
                continue;
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      since {lesson.CreatedAt.LocalDateTime:yyyy-MM-dd HH:mm}, changed {lesson.UpdatedAt.LocalDateTime:yyyy-MM-dd HH:mm}"));
            foreach (var evidence in lesson.Evidence)
                Console.Out.WriteLine($"      seen in {evidence.RunId}{(evidence.Label is null ? "" : $": {evidence.Label}")}");
        }
    }
}
