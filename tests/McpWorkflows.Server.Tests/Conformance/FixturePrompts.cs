using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>The conformance suite's prompts.</summary>
internal static class FixturePrompts
{
    public static IEnumerable<Prompt> All =>
    [
        Describe("test_simple_prompt"),
        Describe("test_prompt_with_arguments", "arg1", "arg2"),
        Describe("test_prompt_with_embedded_resource", "resourceUri"),
        Describe("test_prompt_with_image"),
        Describe("test_input_required_result_prompt"),
    ];

    public static GetPromptResult Get(GetPromptRequestParams asked) => asked.Name switch
    {
        "test_simple_prompt" => Messages(Text("This is a simple prompt for testing.")),
        "test_prompt_with_arguments" => Messages(Text($"Prompt with arguments: arg1='{Argument(asked, "arg1")}', arg2='{Argument(asked, "arg2")}'")),
        "test_prompt_with_embedded_resource" => Messages(
            ContentFixtures.Embedded(Argument(asked, "resourceUri"), "text/plain", "Embedded resource content for testing."),
            Text("Please process the embedded resource above.")),
        "test_prompt_with_image" => Messages(ContentFixtures.Image, Text("Please analyze the image above.")),
        "test_input_required_result_prompt" => InputFixtures.Answers(asked.InputResponses).TryGetValue("user_context", out var answer)
            ? Messages(Text(InputFixtures.Field(answer, "context")))
            : throw new InputRequiredException(new Dictionary<string, InputRequest>
            {
                ["user_context"] = InputFixtures.Ask("What context should the prompt use?", "context", new ElicitRequestParams.StringSchema()),
            }),
        _ => throw new McpProtocolException("There is no such prompt.", McpErrorCode.InvalidParams),
    };

    private static Prompt Describe(string name, params string[] arguments) => new()
    {
        Name = name,
        Description = $"The conformance suite's {name}.",
        Arguments = [.. arguments.Select(argument => new PromptArgument { Name = argument, Description = "An argument.", Required = true })],
    };

    private static string Argument(GetPromptRequestParams asked, string name) => asked.Arguments?[name].ToString() ?? "";

    private static TextContentBlock Text(string text) => new() { Text = text };

    private static GetPromptResult Messages(params ContentBlock[] content) => new()
    {
        Messages = [.. content.Select(block => new PromptMessage { Role = Role.User, Content = block })],
    };
}
