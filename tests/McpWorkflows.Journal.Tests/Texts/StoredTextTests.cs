using System.Text;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;

namespace McpWorkflows.Journal.Tests.Texts;

public sealed class StoredTextTests
{
    // Not inline data of a theory: attributes are stored as UTF-8, which has no lone surrogates.
    private static readonly string[] Texts =
    [
        "",
        "plain é 😀",
        "lone high \ud800 in the middle",
        "\udc00 low first",
        "ends in high \ud83d",
        "\ud83d\ud83d\ude00\ude00",
        "nul \0 and mark \uffff, as text \uffffd800",
    ];

    [Fact]
    public void Encode_AnyText_SurvivesUtf8AndComesBack() => Assert.All(Texts, text =>
    {
        var stored = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(StoredText.Encode(text)));

        Assert.Equal(text, StoredText.Decode(stored));
        Assert.DoesNotContain('\0', stored);
    });

    [Fact]
    public void Encode_OrdinaryText_IsTheSameObject()
    {
        const string Text = "ordinary 😀";

        Assert.Same(Text, StoredText.Encode(Text));
    }

    [Fact]
    public async Task Journal_LoneSurrogatesEverywhere_ComeBack()
    {
        using var file = new JournalFile();
        await using var journal = await file.OpenAsync();
        const string Text = "a\ud800b\0c\udc00";
        var cancellation = TestContext.Current.CancellationToken;
        await journal.CreateRunAsync(Entries.Run("wf_1") with { Script = Text, Goal = Text, ArgsJson = $"\"{Text}\"" }, cancellation);
        var call = Entries.Call(1) with { Prompt = Text, Label = Text, Phase = Text };
        var item = Entries.Item(1) with
        {
            Outcome = Entries.Item(1).Outcome! with { AnswerJson = $"\"{Text}\"", Failure = new("cause " + Text, Text) },
        };

        await journal.AppendAsync("wf_1", [new CallOpened(call), new ItemSettled(item), new SnapshotTaken(Text, Text)], cancellation);

        var run = (await journal.FindRunAsync("wf_1", cancellation))!;
        Assert.Equal((Text, Text, $"\"{Text}\""), (run.Script, run.Goal, run.ArgsJson));
        Assert.Equal([item], await journal.ReadSettledAsync("wf_1", cancellation));
        Assert.Equal([call with { Outcome = item.Outcome }], await journal.ReadCallsAsync("wf_1", cancellation));
        Assert.Equal(Text, (await journal.ReadSnapshotsAsync("wf_1", cancellation))[Text]);
    }

    [Fact]
    public async Task Journal_Json_KeepsKeyOrderSpacesAndNumbersAsWritten()
    {
        using var file = new JournalFile();
        await using var journal = await file.OpenAsync();
        const string Json = """{ "z": 1.0, "a": [1e3, "\ud83d\u00e9<>&"], "10": null, "9": {} }""";
        var cancellation = TestContext.Current.CancellationToken;
        await journal.CreateRunAsync(Entries.Run("wf_1") with { ArgsJson = Json, ResultJson = Json }, cancellation);

        await journal.SettleAsync("wf_1", 1, Json);

        var run = (await journal.FindRunAsync("wf_1", cancellation))!;
        Assert.Equal((Json, Json), (run.ArgsJson, run.ResultJson));
        Assert.Equal(Json, (await journal.ReadSettledAsync("wf_1", cancellation)).Single().Outcome!.AnswerJson);
        Assert.Equal(Json, file.Sql("SELECT AnswerJson FROM Outcomes"));
    }
}
