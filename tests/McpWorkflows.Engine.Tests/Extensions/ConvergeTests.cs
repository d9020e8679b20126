using System.Text.Json;
using McpWorkflows.Engine.Tests.Scripting;

namespace McpWorkflows.Engine.Tests.Extensions;

public sealed class ConvergeTests
{
    [Theory]
    [InlineData("[['a', 'b'], ['B ', 'c'], ['c'], ['a']]", "{}", """["a","b","c"]""", "converged", 4)]
    [InlineData("[['a'], [], ['b'], []]", "{ quiet: 1 }", """["a"]""", "converged", 2)]
    [InlineData("[['a'], ['b'], ['c'], ['d']]", "{ rounds: 3 }", """["a","b","c"]""", "rounds", 3)]
    [InlineData("[[], null, null, []]", "{}", "[]", "converged", 4)]
    [InlineData("[null, null, null, null]", "{ rounds: 4 }", "[]", "rounds", 4)]
    [InlineData("[['a', 'b'], ['b'], []]", "{ seen: ['A'] }", """["b"]""", "converged", 3)]
    public async Task Converge_RoundsOfFindings_StopsWhenNothingIsNew(string rounds, string options, string items, string stopped, int count)
    {
        var result = await ResultAsync($"const rounds = {rounds}\nreturn await converge(({{ round }}) => rounds[round - 1], {options})");

        Assert.Equal(items, JsonSerializer.Serialize(result.GetProperty("items")));
        Assert.Equal((stopped, count), (result.GetProperty("stopped").GetString(), result.GetProperty("rounds").GetArrayLength()));
        Assert.Equal(stopped == "converged", result.GetProperty("converged").GetBoolean());
    }

    [Fact]
    public async Task Converge_CapReachedWhileFinding_NamesWhatTheLastRoundBrought() => Assert.Equal(
        """["c"]""",
        JsonSerializer.Serialize((await ResultAsync("return await converge(async ({ round }) => [['a'], ['b'], ['c']][round - 1], { rounds: 3 })")).GetProperty("open")));

    [Fact]
    public async Task Converge_BudgetSpent_BeginsNoFurtherRound()
    {
        var driver = new ScriptDriver { BudgetTotal = 100, TokensPerAgent = 40 };
        await using var run = await ScriptDriver.RunAsync(
            "return await converge(async ({ round }) => [await agent(`round ${round}`)], { reserve: 30 })", driver);
        var result = JsonElement.Parse(run.ResultJson!);

        Assert.Equal(("budget", 2), (result.GetProperty("stopped").GetString(), run.Agents.Count()));
    }

    [Fact]
    public async Task Converge_StepIsNoFunction_RejectsWithTheRemedy()
    {
        await using var run = await ScriptDriver.RunAsync("await converge([1])");

        Assert.Contains("converge(async", run.Error.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ResultAsync(string body) => JsonElement.Parse((await ScriptDriver.ResultAsync(body))!);
}
