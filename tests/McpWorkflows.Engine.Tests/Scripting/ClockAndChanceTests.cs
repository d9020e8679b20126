using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class ClockAndChanceTests
{
    [Fact]
    public async Task Clock_StandsStillBetweenDeliveries()
    {
        Assert.Equal(
            "[1772600767000,true,\"2026-03-04T05:06:07.000Z\",1772600768000,0,\"Wed Mar 04 2026 05:06:08\"]",
            await ScriptDriver.ResultAsync("""
                const first = Date.now();
                for (let i = 0; i < 100000; i++);
                const same = Date.now() === first && new Date().getTime() === first;
                const iso = new Date().toISOString();
                await agent('x');
                return [first, same, iso, Date.now(), new Date().getTimezoneOffset(), Date().slice(0, 24)];
                """));
    }

    [Fact]
    public async Task Random_SameSeed_GivesSameDraws()
    {
        const string Body = "const a = [Math.random(), Math.random()]; await agent('x'); return [...a, Math.random()];";
        var first = await ScriptDriver.ResultAsync(Body);
        Assert.Equal(first, await ScriptDriver.ResultAsync(Body));
        Assert.NotEqual(first, await ScriptDriver.ResultAsync(Body, new ScriptDriver { Seed = 43 }));
    }

    [Fact]
    public async Task Random_Draws_AreTheSameInEveryRelease()
    {
        Assert.Equal("[0.08386297105988216,0.3789802506626686,0.2109131850666075]", await ScriptDriver.ResultAsync(
            "const a = [Math.random(), Math.random()]; await agent('x'); return [...a, Math.random()];"));
    }

    [Fact]
    public async Task Random_InsertedDraw_ChangesNothingPastTheNextDelivery()
    {
        var plain = await ScriptDriver.ResultAsync("await agent('x'); return Math.random();");
        var edited = await ScriptDriver.ResultAsync("Math.random(); await agent('x'); return Math.random();");
        Assert.Equal(plain, edited);
    }

    [Fact]
    public async Task Random_Draws_AreSpreadOverTheUnitInterval()
    {
        Assert.Equal("[true,true,true]", await ScriptDriver.ResultAsync("""
            const xs = Array.from({ length: 20000 }, Math.random);
            const mean = xs.reduce((a, b) => a + b) / xs.length;
            return [xs.every(x => x >= 0 && x < 1), Math.abs(mean - 0.5) < 0.01, new Set(xs).size === xs.length];
            """));
    }
}
