using System.Text.Json;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>Takes people's answers into the journal, from where the run's owner has them.</summary>
internal sealed class QuestionAnswers(IJournal journal, IAnswerValidator? validator)
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 1_000 };

    /// <summary>All or none: throws <see cref="AnswerRefusedException"/> before anything is stored.</summary>
    public async Task StoreAsync(RunRecord run, IReadOnlyList<QuestionAnswer> answers, CancellationToken cancellationToken)
    {
        if (run.State.HasEnded())
            throw new AnswerRefusedException($"Run {run.Id} asks nothing: its state is {run.State.ToText()}. Resume it without an answer.");

        var questions = await journal.ReadQuestionsAsync(run.Id, cancellationToken).ConfigureAwait(false);
        var accepted = answers.Select(answer => Accept(Find(run.Id, questions, answer), answer.Json)).ToList();
        foreach (var (question, json) in accepted)
        {
            if (!await journal.AnswerQuestionAsync(run.Id, question.Number, json, cancellationToken).ConfigureAwait(false))
                throw new AnswerRefusedException($"Question {question.Number} of run {run.Id} has been answered meanwhile; the first answer counts.");
        }
    }

    /// <summary>Somebody answered what the script has not been told yet.</summary>
    public static async Task<bool> AnyUnsettledAsync(IJournal journal, string runId, CancellationToken cancellationToken)
    {
        var answered = (await journal.ReadQuestionsAsync(runId, cancellationToken).ConfigureAwait(false))
            .Where(question => question.AnsweredAt is not null).ToList();
        if (answered.Count == 0)
            return false;

        var settled = (await journal.ReadSettledAsync(runId, cancellationToken).ConfigureAwait(false)).Select(item => item.Key).ToHashSet();
        return answered.Exists(question => !settled.Contains(question.Key));
    }

    private static QuestionRecord Find(string runId, IReadOnlyList<QuestionRecord> questions, QuestionAnswer answer)
    {
        var open = questions.Where(question => question.AnsweredAt is null).ToList();
        var list = open.Count == 0
            ? "It has no open questions."
            : "Open are: " + string.Join("; ", open.Take(5).Select(question => $"{question.Number}: {question.Text}")) + ".";
        if (answer.Number is not { } number)
        {
            return open.Count == 1
                ? open[0]
                : throw new AnswerRefusedException($"Run {runId} has {open.Count} open questions, so say which one is answered. {list}");
        }

        var found = questions.FirstOrDefault(question => question.Number == number)
            ?? throw new AnswerRefusedException($"Run {runId} has no question {number}. {list}");
        return found.AnsweredAt is null
            ? found
            : throw new AnswerRefusedException($"Question {number} of run {runId} has been answered already; the first answer counts. {list}");
    }

    private (QuestionRecord Question, string Json) Accept(QuestionRecord question, string json)
    {
        if (Text(json, out var fault) is var text && fault is not null)
            throw new AnswerRefusedException($"The answer to question {question.Number} is not valid JSON: {fault} Plain text must stand in quotes.");
        if (question.SchemaJson is not { } schema || validator?.FindFault(schema, json) is not { } mismatch)
            return (question, json);

        // Models often send the value they mean as JSON text of it.
        if (text is not null && Text(text, out var noJson) is var _ && noJson is null && validator.FindFault(schema, text) is null)
            return (question, text);

        throw new AnswerRefusedException($"The answer to question {question.Number} does not match its schema: {mismatch} The schema is {schema}");
    }

    /// <summary>The text of a JSON string; null for other values.</summary>
    /// <param name="fault">Set when it is no JSON.</param>
    private static string? Text(string json, out string? fault)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Depth);
            fault = null;
            return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString() : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The latter is what the reader says to half of a surrogate pair.
            fault = failure.Message;
            return null;
        }
    }
}
