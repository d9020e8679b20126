using System.Text;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.OpenAI;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tests.OpenAI;

/// <summary>What compatible servers get wrong and must not cost an answer.</summary>
public sealed class CompletionReaderTests
{
    [Theory]
    [InlineData("""{"id":"x","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"eos"}]}""")]
    [InlineData("""{"choices":[{"delta":{"role":"","content":"hi"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"created":1.5,"service_tier":"odd","choices":[{"delta":{"content":"hi","tool_calls":null},"finish_reason":"stop"}],"usage":null}""")]
    [InlineData("""{"choices":[{"delta":{"content":[{"type":"text","text":"h"},{"type":"text","text":"i"}]},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}""")]
    public void Accept_OddChunks_GiveTheText(string chunk)
    {
        var (text, _, _, incomplete) = Read(chunk);

        Assert.Equal("hi", text);
        Assert.Null(incomplete);
    }

    [Fact]
    public void Accept_HalvesOfACharacter_AreWholeTogether() =>
        Assert.Equal("a👋\n", Read("""{"choices":[{"delta":{"content":"a\ud83d"}}]}""", """{"choices":[{"delta":{"content":"\udc4b\n"},"finish_reason":"stop"}]}""").Text);

    [Theory]
    [InlineData("""{"prompt_tokens":3,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":2}}""", 3, 4, 2)]
    [InlineData("""{"prompt_tokens":3.0,"completion_tokens":4.0,"prompt_tokens_details":null}""", 3, 4, 0)]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":4}""", 0, 4, 0)]
    public void Accept_Usage_IsReadInAnyForm(string usage, long input, long output, long cached)
    {
        var (_, _, used, _) = Read(
            """{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}""",
            $$"""{"choices":null,"usage":{{usage}}}""");

        Assert.Equal((input, output, cached), (used!.InputTokenCount, used.OutputTokenCount, used.CachedInputTokenCount));
    }

    [Theory]
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","function":{"name":"g","arguments":{"y":2}}}]""", null)]
    [InlineData("""[{"index":0,"id":"a","type":"","function":{"name":"f","arguments":"{\"x\""}},{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]""", """[{"index":0,"function":{"arguments":":1}"}}]""")]
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1,}"}}]""", """[{"index":0,"id":"b","function":{"name":"g","arguments":"{\"y\":2}"}}]""")]
    [InlineData("""[{"function":{"name":"f","arguments":"{\"x\":"}},{"function":{"arguments":"1}"}}]""", """[{"function":{"name":"g","arguments":"{\"y\":2}"}}]""")]
    public void Accept_ToolCalls_ArePutTogetherInAnyForm(string first, string? second)
    {
        var chunks = new[] { first, second }.OfType<string>().Select(calls => $$$"""{"choices":[{"delta":{"tool_calls":{{{calls}}}}}]}""");
        var (_, calls, _, _) = Read([.. chunks, """{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"""]);

        Assert.Equal(["f", "g"], calls.Select(call => call.Name));
        Assert.Equal(["x=1", "y=2"], calls.Select(call => string.Join(',', call.Arguments!.Select(argument => $"{argument.Key}={argument.Value}"))));
        Assert.Equal(2, calls.Select(call => call.CallId).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"error":{"message":"boom","code":502}}""", "502")]
    [InlineData("""{"error":"boom"}""", null)]
    public void Accept_ErrorWithinTheStream_IsAnError(string chunk, string? code)
    {
        var thrown = Assert.Throws<ModelRequestException>(() => Read(chunk));

        Assert.Equal(("boom", code), (thrown.Message, thrown.Code));
    }

    [Fact]
    public void Finish_WithoutReasonAndEnd_IsBroken() =>
        Assert.Equal(ModelRequestFault.Broken, Read("""{"choices":[{"delta":{"content":"half"}}]}""").Incomplete!.Fault);

    [Fact]
    public void Finish_WithoutReasonButWithTheEndMark_IsWhole() =>
        Assert.Null(Read("""{"choices":[{"delta":{"content":"x"}}]}""", "[DONE]").Incomplete);

    [Fact]
    public void Finish_WithNothingRecognized_IsGarbled() =>
        Assert.Equal(ModelRequestFault.Garbled, Read("""{"hello":"world"}""", "[DONE]").Incomplete!.Fault);

    private static (string Text, FunctionCallContent[] Calls, UsageDetails? Usage, ModelRequestException? Incomplete) Read(params string[] chunks)
    {
        var reader = new CompletionReader();
        var text = string.Concat(chunks.Select(chunk => reader.Accept(Encoding.UTF8.GetBytes(chunk)).Text).ToArray());
        var last = reader.Finish(out var incomplete);
        return (text, [.. last.Contents.OfType<FunctionCallContent>()], last.Contents.OfType<UsageContent>().SingleOrDefault()?.Details, incomplete);
    }
}
