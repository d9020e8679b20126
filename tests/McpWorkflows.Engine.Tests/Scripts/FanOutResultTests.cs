using McpWorkflows.Engine.Tests.Scripting;

namespace McpWorkflows.Engine.Tests.Scripts;

/// <summary>What a fan-out gives is an ordinary array.</summary>
public sealed class FanOutResultTests
{
    // slice(2) of the results gave holes, so that scripts which work in batches lost their answers.
    [Theory]
    [InlineData("await parallel([0, 1, 2, 3, 4].map(n => () => n))")]
    [InlineData("await pipeline([0, 1, 2, 3, 4], n => n)")]
    [InlineData("await pipeline([0, 1, 2, 3, 4], n => agent(String(n)), text => Number(text))")]
    public async Task Results_TakenApart_KeepTheirElements(string fanOut)
    {
        var taken = await ScriptDriver.ResultAsync($$"""
            const r = {{fanOut}};
            return [r.slice(2), r.slice(1, 3), r.slice(-1), r.toSpliced(1, 2), [...r], r.concat([5]), r.at(-1), r.with(0, 9), r.findLast(n => n < 3), r.toReversed(), r.flat(), r.splice(1, 3), r, r.push(7), r.shift(), Array.isArray(r)];
            """);

        Assert.Equal(
            "[[2,3,4],[1,2],[4],[0,3,4],[0,1,2,3,4],[0,1,2,3,4,5],4,[9,1,2,3,4],2,[4,3,2,1,0],[0,1,2,3,4],[1,2,3],[4,7],3,0,true]", taken);
    }
}
