using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>Tools that need the client's input before they can answer.</summary>
internal static class InputFixtures
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    public static IEnumerable<McpServerTool> All =>
    [
        new FixtureTool("test_input_required_result_elicitation", Rounds(new Dictionary<string, InputRequest> { ["user_name"] = AskName() }, answers => $"Hello, {Field(answers["user_name"], "name")}!")),
        new FixtureTool("test_streaming_elicitation", Rounds(new Dictionary<string, InputRequest> { ["user_name"] = AskName() }, _ => "Done.")),
        new FixtureTool("test_input_required_result_sampling", Rounds(new Dictionary<string, InputRequest> { ["capital_question"] = Sample("What is the capital of France?", 100) }, answers => answers["capital_question"].GetRawText())),
        new FixtureTool("test_input_required_result_list_roots", Rounds(new Dictionary<string, InputRequest> { ["client_roots"] = Roots() }, answers => answers["client_roots"].GetRawText())),
        new FixtureTool("test_input_required_result_request_state", Rounds(
            new Dictionary<string, InputRequest> { ["confirm"] = Ask("Please confirm", "ok", new ElicitRequestParams.BooleanSchema()) }, _ => "state-ok", "confirm")),
        new FixtureTool("test_input_required_result_tampered_state", Rounds(
            new Dictionary<string, InputRequest> { ["confirm"] = Ask("Please confirm", "ok", new ElicitRequestParams.BooleanSchema()) }, _ => "state-ok", "tampered")),
        new FixtureTool("test_input_required_result_multiple_inputs", Rounds(
            new Dictionary<string, InputRequest> { ["user_name"] = AskName(), ["greeting"] = Sample("Generate a greeting", 50), ["client_roots"] = Roots() }, _ => "All there.", "multiple")),
        new FixtureTool("test_input_required_result_capabilities", CapabilitiesAsync),
        new FixtureTool("test_input_required_result_multi_round", MultiRoundAsync),

        // Requests to the client in the middle of a call: what revisions before 2026-07-28 need a session for.
        .. new[] { "test_elicitation", "test_elicitation_sep1034_defaults", "test_elicitation_sep1330_enums" }.Select(name => new FixtureTool(
            name, async (request, cancellationToken) => FixtureTool.Text((await request.Server.ElicitAsync(AskName().ElicitationParams!, cancellationToken)).Action))),
        new FixtureTool("test_sampling", async (request, cancellationToken) =>
            FixtureTool.Text((await request.Server.SampleAsync(Sample("Hello", 100).SamplingParams!, cancellationToken)).Model)),
    ];

    public static InputRequest AskName(string message = "What is your name?") => Ask(message, "name", new ElicitRequestParams.StringSchema());

    public static InputRequest Ask(string message, string field, ElicitRequestParams.PrimitiveSchemaDefinition schema) => InputRequest.ForElicitation(new ElicitRequestParams
    {
        Message = message,
        RequestedSchema = new ElicitRequestParams.RequestSchema { Properties = { [field] = schema }, Required = [field] },
    });

    public static string Field(JsonElement answer, string name) => answer.GetProperty("content").GetProperty(name).ToString();

    /// <summary>The answers that are there and have the form of answers.</summary>
    public static Dictionary<string, JsonElement> Answers(IDictionary<string, InputResponse>? responses) => (responses ?? new Dictionary<string, InputResponse>())
        .Where(response => response.Value?.RawValue.ValueKind == JsonValueKind.Object)
        .ToDictionary(response => response.Key, response => response.Value.RawValue);

    // Asks for all until all is there; the state, where there is one, must come back as it went.
    private static Func<RequestContext<CallToolRequestParams>, CancellationToken, Task<CallToolResult>> Rounds(
        Dictionary<string, InputRequest> asks, Func<Dictionary<string, JsonElement>, string> answer, string? state = null) => (request, _) =>
    {
        var given = Answers(request.Params.InputResponses);
        if (!asks.Keys.All(given.ContainsKey))
            throw new InputRequiredException(asks, state is null ? null : Sign(state));
        if (state is not null && request.Params.RequestState != Sign(state))
            throw new McpProtocolException("The request state was tampered with.", McpErrorCode.InvalidParams);
        return Task.FromResult(FixtureTool.Text(answer(given)));
    };

    private static Task<CallToolResult> CapabilitiesAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var asks = new Dictionary<string, InputRequest>();
        var able = request.JsonRpcRequest.Context?.ClientCapabilities;
        if (able?.Sampling is not null)
            asks["sample"] = Sample("Say hello", 20);
        if (able?.Elicitation is not null)
            asks["user_name"] = AskName();
        return asks.Count == 0 || asks.Keys.All(Answers(request.Params.InputResponses).ContainsKey)
            ? Task.FromResult(FixtureTool.Text("Done."))
            : throw new InputRequiredException(asks);
    }

    private static Task<CallToolResult> MultiRoundAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var given = Answers(request.Params.InputResponses);
        if (request.Params.RequestState == Sign("round-2") && given.ContainsKey("step2"))
            return Task.FromResult(FixtureTool.Text("Both steps are done."));
        if (request.Params.RequestState == Sign("round-1") && given.ContainsKey("step1"))
        {
            throw new InputRequiredException(
                new Dictionary<string, InputRequest> { ["step2"] = Ask("Step 2: What is your favorite color?", "color", new ElicitRequestParams.StringSchema()) }, Sign("round-2"));
        }

        throw new InputRequiredException(new Dictionary<string, InputRequest> { ["step1"] = AskName("Step 1: What is your name?") }, Sign("round-1"));
    }

    private static InputRequest Sample(string text, int most) => InputRequest.ForSampling(new CreateMessageRequestParams
    {
        Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = text }] }],
        MaxTokens = most,
    });

    private static InputRequest Roots() => InputRequest.ForRootsList(new ListRootsRequestParams());

    private static string Sign(string state) => $"{state}.{Convert.ToHexString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(state)))}";
}
