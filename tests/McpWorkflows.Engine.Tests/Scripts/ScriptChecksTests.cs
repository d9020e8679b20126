using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Tests.Scripts;

public class ScriptChecksTests
{
    [Theory]
    [InlineData("await parallel([agent('a', { label: 'a' }), () => agent('b', { label: 'b' })])", 2, 17, "a promise. Wrap the call in a function: () => agent(…).")]
    [InlineData("await parallel([await agent('a', { label: 'a' })])", 2, 17, "the answer of a call that was awaited")]
    [InlineData("await parallel(args.map(x => agent(x, { label: x })))", 2, 30, "this map gives promises")]
    [InlineData("await parallel(args.map(async x => x))", 2, 25, "this map gives promises")]
    [InlineData("await parallel(args.map(x => { return agent(x, { label: x }) }))", 2, 39, "this map gives promises")]
    [InlineData("const jobs = args.map(x => agent(x, { label: x }))\nawait parallel(jobs)", 2, 28, "this map gives promises")]
    [InlineData("await parallel(() => agent('a', { label: 'a' }))", 2, 16, "takes one array of functions")]
    [InlineData("await pipeline(args, agent('a', { label: 'a' }))", 2, 22, "takes functions as stages, but this is a promise")]
    [InlineData("await pipeline(agent('a', { label: 'a' }), x => x)", 2, 16, "this is a promise. Await it first.")]
    public void Defects_PromisesWhereFunctionsBelong_AreNamedWithPlaceAndRemedy(string body, int line, int column, string message) =>
        AssertOne(Parse(body).Defects, line, column, message);

    [Theory]
    [InlineData("{ type: 'object', properties: { a: { type: 'string', enum: [1, 2] } }, required: ['a'] }", "schema/properties/a has the type string, but none of the values of its enum")]
    [InlineData("{ type: 'object', properties: { a: { type: 'integer', minimum: 5, maximum: 1 } }, required: ['a'] }", "has minimum 5 above maximum 1")]
    [InlineData("{ type: 'object', properties: { a: { type: 'number', exclusiveMinimum: 1, maximum: 1 } }, required: ['a'] }", "leaves no number between 1 and 1")]
    [InlineData("{ type: 'object', properties: {}, required: ['b'], additionalProperties: false }", "names 'b', which properties does not have")]
    [InlineData("{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'], maxProperties: 0 }", "requires 1 properties, but allows 0")]
    [InlineData("{ type: 'object', properties: { a: { type: 'array', minItems: 1, items: { type: 'string', const: 3 } } }, required: ['a'] }", "schema/properties/a/items has the type string, but a const of another")]
    [InlineData("{ type: 'object', properties: { a: { allOf: [{ type: 'string' }, { type: 'number' }] } }, required: ['a'] }", "several types at once")]
    [InlineData("{ type: 'object', properties: { a: { anyOf: [{ type: 'string', enum: [1] }, { type: 'null', const: 1 }] } }, required: ['a'] }", "schema/properties/a/anyOf/0")]
    [InlineData("{ type: 'object', properties: { a: { not: {} } }, required: ['a'] }", "forbids everything")]
    [InlineData("{ type: 'object', properties: { a: { type: 'strnig' } } }", "agent() refuses this schema: schema/properties/a/type has the unknown type \"strnig\". Did you mean 'string'?")]
    [InlineData("{ properties: {} }", "agent() refuses this schema: schema/type must be 'object'")]
    public void Defects_SchemasThatCannotBeMet_AreNamed(string schema, string message)
    {
        AssertOne(Parse($"await agent('a', {{ label: 'a', schema: {schema} }})").Defects, 2, null, message);
        AssertOne(Parse($"const S = {schema}\nawait agent('a', {{ label: 'a', schema: S }})").Defects, null, null, message);
    }

    [Fact]
    public void Defects_APartOfASchema_IsFoundAtItsOwnPlace() => AssertOne(
        Parse("const S = { type: 'object',\n  properties: { a: { type: 'string', enum: [1] } }, required: ['a'] }\nawait agent('a', { label: 'a', schema: S })").Defects, 3, 20, "No answer can meet");

    [Theory]
    [InlineData("while (true) { await agent('a', { label: 'a' }) }", "never ends")]
    [InlineData("for (;;) { await parallel(args.map(x => () => agent(x, { label: x }))) }", "never ends")]
    [InlineData("while (true) { const a = await agent('a', { label: 'a' }); if (a.done) break }", "only when one of them says so")]
    [InlineData("let done = false\nwhile (!done) { done = await agent('a', { label: 'a' }) }", "only when one of them says so")]
    [InlineData("let a\ndo { a = await agent('a', { label: 'a' }) } while (a.more)", "only when one of them says so")]
    [InlineData("let found = args\nwhile (found.length > 0) { found = await agent('a', { label: 'a' }) }", "only when one of them says so")]
    [InlineData("while (true) { const a = await agent('a', { label: 'a' }); for (const b of a) { if (b) break } }", "never ends")]
    public void Warnings_LoopsThatOnlyAnAgentEnds_AskForACap(string body, string message)
    {
        AssertOne(Parse(body).Warnings, null, 1, message);
        Assert.Empty(Parse(body).Defects);
    }

    [Theory]
    [InlineData("for (let i = 0; i < 5; i++) await agent('a', { label: 'a' })")]
    [InlineData("for (const x of args) await agent(x, { label: x })")]
    [InlineData("let round = 0\nwhile (true) { await agent('a', { label: 'a' }); if (++round >= 5) break }")]
    [InlineData("let round = 0, done = false\nwhile (!done && round < 5) { round += 1; done = await agent('a', { label: 'a' }) }")]
    [InlineData("while (budget.remaining() > 1000) await agent('a', { label: 'a' })")]
    [InlineData("const queue = [...args]\nwhile (queue.length) { await agent(queue.shift(), { label: 'a' }) }")]
    [InlineData("let field = args\ndo { field = (await parallel(field.map(x => () => agent(x, { label: x })))).filter(Boolean) } while (field.length > 1)")]
    [InlineData("const enough = () => budget.remaining() < 1000\nlet dry = 0\nwhile (dry < 2 && !enough()) { dry = await agent('a', { label: 'a' }) ? 0 : dry + 1 }")]
    [InlineData("let n = 0\nwhile (true) { n++ ; if (n > 3) break }")]
    [InlineData("while (true) { if (args) break }\nconst agent = 1")]
    public void Warnings_LoopsWithABound_AreLeftAlone(string body) => Assert.Empty(Parse(body).Warnings);

    [Theory]
    [InlineData("await parallel(args.map(x => () => agent(x, { label: x })))")]
    [InlineData("await parallel(args.map(x => async () => agent(x, { label: x })))")]
    [InlineData("await parallel(args.map(makeJob))\nfunction makeJob(x) { return () => x }")]
    [InlineData("const thunks = []\nthunks.push(() => agent('a', { label: 'a' }))\nawait parallel(thunks)")]
    [InlineData("await pipeline(args, async x => agent(x, { label: x }), (y, x) => y)")]
    [InlineData("function parallel(x) { return x }\nparallel([agent('a', { label: 'a' })])")]
    [InlineData("await agent('a', { label: 'a', schema: { type: 'object', properties: { a: { type: ['string', 'null'], enum: ['x', null] }, b: { minLength: 5, maxLength: 1 } } } })")]
    [InlineData("await agent('a', { label: 'a', schema: { type: 'object', properties: { a: { type: 'number', enum: [1, 2.5] } }, required: ['a'] } })")]
    [InlineData("await agent('a', { label: 'a', schema: makeSchema(1) })\nfunction makeSchema(n) { return { type: 'object', properties: {} } }")]
    [InlineData("const E = ['x']\nawait agent('a', { label: 'a', schema: { type: 'object', properties: { a: { enum: E } } } })")]
    public void Script_ThatIsRight_HasNeitherWarningNorAdvice(string body)
    {
        var script = Parse(body);

        Assert.Empty(script.Warnings);
        Assert.Empty(script.Advice);
    }

    [Theory]
    [InlineData("await agent('a')", 1)]
    [InlineData("await agent('a', { phase: 'x' })", 1)]
    [InlineData("await agent('a', { label: 'x' })", 0)]
    [InlineData("const o = { label: 'x' }\nawait agent('a', { ...o })\nawait agent('a', o)\nawait agent('a', make())\nfunction make() { return o }", 0)]
    [InlineData("await agent('a')\nawait agent('b')", 2)]
    public void Advice_AgentsWithoutALabel_AreCounted(string body, int expected)
    {
        var script = Parse(body);

        Assert.Equal(expected, script.Advice.Count);
        Assert.Empty(script.Warnings);
    }

    private static WorkflowScript Parse(string body) =>
        WorkflowScript.Parse($"export const meta = {{ name: 'x', description: 'y' }}\n{body}\n", "workflow.js");

    private static void AssertOne(IReadOnlyList<Engine.Scripting.ScriptError> found, int? line, int? column, string message)
    {
        var error = Assert.Single(found);
        Assert.Contains(message, error.Message);
        Assert.Equal(line ?? error.Line, error.Line);
        Assert.Equal(column ?? error.Column, error.Column);
    }
}
