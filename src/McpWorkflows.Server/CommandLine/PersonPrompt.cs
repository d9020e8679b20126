using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Puts a run's questions to the person at the terminal.</summary>
internal static class PersonPrompt
{
    /// <summary>There is somebody to ask, who would also see the question.</summary>
    public static bool IsPossible => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>Asks one after another; none where the person gives up by closing the input.</summary>
    public static IEnumerable<QuestionAnswer> Ask(IReadOnlyList<QuestionRecord> questions)
    {
        foreach (var question in questions)
        {
            Describe(question, Console.Error);
            Console.Error.Write("answer> ");
            if (Console.In.ReadLine() is not { } line)
                yield break;
            if (line.Trim().Length > 0)
                yield return new QuestionAnswer(question.Number, ToJson(line));
            else if (question.DefaultJson is { } value)
                yield return new QuestionAnswer(question.Number, value);
        }
    }

    public static void Describe(QuestionRecord question, TextWriter writer)
    {
        writer.WriteLine($"question {question.Number}: {Live.TerminalText.Lines(question.Text)}");
        if (question.SchemaJson is { } schema)
            writer.WriteLine($"  the answer must match {schema}");
        if (question.DefaultJson is { } value)
            writer.WriteLine($"  default: {value}");
        if (question.Deadline is { } deadline)
            writer.WriteLine($"  until {deadline.LocalDateTime:yyyy-MM-dd HH:mm:ss}");
    }

    /// <summary>What people type is JSON where it can be, else text; what is meant as JSON and is none stays as it is, to be refused.</summary>
    public static string ToJson(string typed)
    {
        var text = typed.Trim();
        if (text.Length > 0 && text[0] is '{' or '[' or '"')
            return text;
        try
        {
            using var document = JsonDocument.Parse(text);
            return text;
        }
        catch (JsonException)
        {
            return JsonSerializer.Serialize(text, ReportJson.Compact.String);
        }
    }
}
