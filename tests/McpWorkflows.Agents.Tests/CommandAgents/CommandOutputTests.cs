using McpWorkflows.Agents.CommandAgents;

namespace McpWorkflows.Agents.Tests.CommandAgents;

public sealed class CommandOutputTests
{
    public static TheoryData<string, string?, string?, long, long, string?> Outputs => new()
    {
        { " plain text \n", "plain text", null, 0, 0, null },
        { "", null, null, 0, 0, null },
        { """{"n":1}""", """{"n":1}""", null, 0, 0, null },
        { """{"result":"mine","score":3}""", """{"result":"mine","score":3}""", null, 0, 0, null },
        {
            """{"type":"result","subtype":"success","is_error":false,"result":"done","total_cost_usd":0.25,"usage":{"input_tokens":3,"cache_creation_input_tokens":10,"cache_read_input_tokens":100,"output_tokens":7}}""",
            "done", null, 113, 7, "0.25"
        },
        { """{"type":"result","is_error":true,"result":"Credit balance is too low","usage":{"input_tokens":1,"output_tokens":0}}""", null, "Credit balance is too low", 1, 0, null },
        { """{"type":"result","subtype":"error_max_turns","usage":{"input_tokens":1,"output_tokens":2}}""", null, "error_max_turns", 1, 2, null },
        { """{"type":"result","result":"text","structured_output":{"n":1},"usage":{}}""", """{"n":1}""", null, 0, 0, null },
        {
            """
            {"type":"system","subtype":"init"}
            {"type":"assistant","message":{"content":[{"type":"text","text":"thinking aloud"}]}}
            {"type":"result","result":"final","usage":{"input_tokens":5,"output_tokens":6},"total_cost_usd":0.5}
            """,
            "final", null, 5, 6, "0.5"
        },
        {
            """
            {"type":"thread.started","thread_id":"x"}
            {"type":"turn.started"}
            {"type":"item.completed","item":{"id":"0","type":"reasoning","text":"hm"}}
            {"type":"item.completed","item":{"id":"1","type":"agent_message","text":"first"}}
            {"type":"item.completed","item":{"id":"2","type":"agent_message","text":"last"}}
            {"type":"turn.completed","usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":9}}
            """,
            "last", null, 100, 9, null
        },
        { "{\"type\":\"thread.started\"}\n{\"type\":\"turn.failed\",\"error\":{\"message\":\"stream disconnected\"}}", null, "stream disconnected", 0, 0, null },
        { """[{"type":"system"},{"type":"result","result":"from a list","usage":{}}]""", "from a list", null, 0, 0, null },
        { """{"response":"gemini says","stats":{}}""", "gemini says", null, 0, 0, null },
    };

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Read_KnownForms_GivesAnswerErrorAndUsage(string output, string? text, string? error, long input, long outputTokens, string? cost)
    {
        var answer = CommandOutput.Read(output);

        Assert.Equal((text, error), (answer.Text, answer.Error));
        Assert.Equal((input, outputTokens), (answer.Usage.InputTokens, answer.Usage.OutputTokens));
        Assert.Equal(cost, answer.Cost?.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
