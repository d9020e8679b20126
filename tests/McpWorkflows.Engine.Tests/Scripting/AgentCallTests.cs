using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class AgentCallTests
{
    [Fact]
    public async Task Agent_TextAnswer_IsAString()
    {
        Assert.Equal("\"hello\"", await ScriptDriver.ResultAsync("return await agent('hello');"));
    }

    [Fact]
    public async Task Agent_ObjectAnswer_KeepsKeyOrder()
    {
        var driver = new ScriptDriver { Agent = _ => new Resolved("""{"z":1,"a":{"__proto__":2,"b":[null,1.5]}}""") };
        Assert.Equal(
            "\"{\\\"z\\\":1,\\\"a\\\":{\\\"__proto__\\\":2,\\\"b\\\":[null,1.5]}}\"",
            await ScriptDriver.ResultAsync("return JSON.stringify(await agent('x'));", driver));
    }

    [Fact]
    public async Task Agent_NullAnswer_IsNull()
    {
        var driver = new ScriptDriver { Agent = _ => new Resolved("null") };
        Assert.Equal("true", await ScriptDriver.ResultAsync("return (await agent('x')) === null;", driver));
    }

    [Theory]
    [InlineData("Error", "Error")]
    [InlineData("TypeError", "TypeError")]
    [InlineData("WorkflowAgentCapError", "Error")]
    [InlineData("QuotaError", "Error")]
    public async Task Agent_Rejection_IsARealError(string name, string type)
    {
        var driver = new ScriptDriver { Agent = _ => new Rejected(name, "the quota limit is reached") };
        var result = await ScriptDriver.ResultAsync(
            $"try {{ await agent('x'); }} catch (e) {{ return [e instanceof {type}, e.name, e.message, String(e), typeof e.stack]; }}", driver);
        Assert.Equal($"[true,\"{name}\",\"the quota limit is reached\",\"{name}: the quota limit is reached\",\"string\"]", result);
    }

    [Fact]
    public async Task Agent_WhereverItIsCalled_TellsTheLineInTheScript()
    {
        await using var run = await ScriptDriver.RunAsync("""
            await agent('first');
            const ask = async text => {
              await agent('before');
              return agent(text);
            };
            await parallel([
              () => agent('in a thunk'),
              () => ask('in a function'),
            ]);
            """);

        var first = run.Agents.First().Line;
        Assert.True(first > 0);
        Assert.Equal(
            [("first", 0), ("in a thunk", 6), ("before", 2), ("in a function", 3)],
            run.Agents.Select(request => (request.Prompt, request.Line - first)));
    }

    [Fact]
    public async Task Agent_Options_ArriveAsStated()
    {
        await using var run = await ScriptDriver.RunAsync("""
            await agent('p', {
              label: 'l', phase: 'ph', model: 'openai/x', effort: 'xhigh', stallMs: 1500, timeoutMs: 2000, maxTurns: 3, retries: 0,
              tools: ['read_file'], disallowedTools: [],
              schema: { type: 'object', properties: { z: { type: 'string' }, a: { type: ['string', 'null'] } }, required: ['z'] },
            });
            """);
        var call = Assert.Single(run.Agents);
        Assert.Equal("p", call.Prompt);
        Assert.Equal("l", call.Label);
        Assert.Equal("ph", call.Phase);
        Assert.Equal("openai/x", call.Options.Model);
        Assert.Equal("xhigh", call.Options.Effort);
        Assert.Equal(TimeSpan.FromSeconds(1.5), call.Options.Stall);
        Assert.Equal(TimeSpan.FromSeconds(2), call.Options.Timeout);
        Assert.Equal(3, call.Options.MaxTurns);
        Assert.Equal(0, call.Options.Retries);
        Assert.Equal(["read_file"], call.Options.Tools!);
        Assert.Empty(call.Options.DisallowedTools!);
        Assert.Equal(
            """{"type":"object","properties":{"z":{"type":"string"},"a":{"type":["string","null"]}},"required":["z"]}""",
            call.Options.SchemaJson);
    }

    [Fact]
    public async Task Agent_UndefinedAndNullOptions_AreAbsent()
    {
        await using var run = await ScriptDriver.RunAsync(
            "await agent('p', { model: undefined, schema: undefined, effort: null, tools: undefined }); await agent('q', null); await agent('r', undefined);");
        Assert.All(run.Agents, call => Assert.Equal(McpWorkflows.Engine.Agents.AgentOptions.None, call.Options));
        Assert.Equal(3, run.Agents.Count());
        Assert.Empty(run.Lines);
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("  a\\n\\t b   c ", "a b c")]
    [InlineData("123456789 123456789 123456789 123456789 123456789 123456789 tail", "123456789 123456789 123456789 123456789 123456789 123456789")]
    public async Task Agent_WithoutLabel_IsLabelledByItsPrompt(string prompt, string label)
    {
        await using var run = await ScriptDriver.RunAsync($"await agent('{prompt}');");
        Assert.Equal(label, Assert.Single(run.Agents).Label);
    }

    [Theory]
    [InlineData("42", "42")]
    [InlineData("true", "true")]
    [InlineData("10n", "10")]
    public async Task Agent_PrimitivePrompt_IsCoerced(string prompt, string text)
    {
        await using var run = await ScriptDriver.RunAsync($"await agent({prompt});");
        Assert.Equal(text, Assert.Single(run.Agents).Prompt);
    }

    [Theory]
    [InlineData("", "TypeError: agent() needs a string as prompt, got undefined.")]
    [InlineData("null", "TypeError: agent() needs a string as prompt, got null.")]
    [InlineData("{}", "TypeError: agent() needs a string as prompt, got an object.")]
    [InlineData("['a']", "TypeError: agent() needs a string as prompt, got an array.")]
    [InlineData("() => 1", "TypeError: agent() needs a string as prompt, got a function.")]
    [InlineData("Symbol('x')", "TypeError: agent() needs a string as prompt, got a symbol.")]
    [InlineData("Promise.resolve('x')", "TypeError: agent() needs a string as prompt, got a promise (await it first).")]
    [InlineData("'  '", "TypeError: agent() got an empty prompt. Say what the agent is to do.")]
    [InlineData("'x', 'label'", "TypeError: agent() takes its options as an object, got a string. Write agent(prompt, { … }).")]
    [InlineData("'x', ['a']", "TypeError: agent() takes its options as an object, got an array. Write agent(prompt, { … }).")]
    [InlineData("'x', { effort: 'huge' }", "TypeError: agent() options.effort must be 'low', 'medium', 'high', 'xhigh' or 'max', got \"huge\".")]
    [InlineData("'x', { model: 5 }", "TypeError: agent() options.model must be a model name.")]
    [InlineData("'x', { label: {} }", "TypeError: agent() options.label must be a string.")]
    [InlineData("'x', { tools: 'read_file' }", "TypeError: agent() options.tools must be an array of tool names.")]
    [InlineData("'x', { stallMs: -1 }", "TypeError: agent() options.stallMs must be a number of milliseconds above 0, got -1.")]
    [InlineData("'x', { maxTurns: 0 }", "TypeError: agent() options.maxTurns must be a whole number of 1 or more, got 0.")]
    [InlineData("'x', { retries: 1.5 }", "TypeError: agent() options.retries must be a whole number of 0 or more, got 1.5.")]
    [InlineData("'x', { isolation: 'vm' }", "TypeError: agent() options.isolation must be 'worktree', got \"vm\".")]
    [InlineData("'x', { agentType: '' }", "TypeError: agent() options.agentType must be the name of an agent type.")]
    [InlineData("'x', { label: '\\ud800' }", "TypeError: agent() options hold half of a surrogate pair, which is no text. Cut strings between characters.")]
    [InlineData("'x', { get model() { throw new RangeError('mine'); } }", "RangeError: mine")]
    [InlineData("'x', (() => { const o = {}; o.schema = o; return o; })()", "TypeError: options.schema: refers back to options, and a cycle has no JSON form. Return a copy without it.")]
    public async Task Agent_BadArguments_RejectAndTakeNoPlace(string arguments, string message)
    {
        await using var run = await ScriptDriver.RunAsync(
            $"const p = agent({arguments}); try {{ await p; }} catch (e) {{ return String(e); }}");
        Assert.Equal(message, System.Text.Json.JsonSerializer.Deserialize<string>(run.ResultJson!));
        Assert.Empty(run.Agents);
    }

    [Theory]
    [InlineData("'x'", "schema must be an object such as { type: 'object', properties: { … } }")]
    [InlineData("{}", "schema/type must be 'object' at the root. Wrap the answer: { type: 'object', properties: { answer: … } }")]
    [InlineData("{ type: 'array', items: {} }", "schema/type must be 'object' at the root. Wrap the answer: { type: 'object', properties: { answer: … } }")]
    [InlineData("{ type: 'object' }", "schema/properties is missing. Name the fields of the answer")]
    [InlineData("{ type: 'object', properties: [] }", "schema/properties must be an object of schemas, got []")]
    [InlineData("{ type: 'object', properties: { a: 'string' } }", "schema/properties/a must be a schema, which is an object, got \"string\"")]
    [InlineData("{ type: 'object', properties: { a: { type: 'sting' } } }", "schema/properties/a/type has the unknown type \"sting\". Did you mean 'string'?")]
    [InlineData("{ type: 'object', properties: { a: { type: ['string', 'nil'] } } }", "schema/properties/a/type has the unknown type \"nil\". Did you mean 'null'?")]
    [InlineData("{ type: 'object', properties: { 'a/b': { items: { required: 'x' } } } }", "schema/properties/a~1b/items/required must be an array of property names, got \"x\"")]
    [InlineData("{ type: 'object', properties: {}, required: [1] }", "schema/required must be an array of property names, got [1]")]
    [InlineData("{ type: 'object', properties: { a: { enum: [] } } }", "schema/properties/a/enum must be an array with at least one value")]
    [InlineData("{ type: 'object', properties: { a: { minLength: -1 } } }", "schema/properties/a/minLength must be a whole number of 0 or more, got -1")]
    [InlineData("{ type: 'object', properties: { a: { anyOf: [{}, 3] } } }", "schema/properties/a/anyOf/1 must be a schema, which is an object, got 3")]
    public async Task Agent_InvalidSchema_RejectsWithItsPlace(string schema, string fault)
    {
        var result = await ScriptDriver.ResultAsync(
            $"try {{ await agent('x', {{ schema: {schema} }}); }} catch (e) {{ return [e instanceof TypeError, e.message]; }}");
        using var error = System.Text.Json.JsonDocument.Parse(result!);
        Assert.True(error.RootElement[0].GetBoolean());
        Assert.Equal($"agent() got an invalid schema: {fault}", error.RootElement[1].GetString());
    }

    [Fact]
    public async Task Agent_UnknownOption_IsIgnoredAndLoggedOnce()
    {
        await using var run = await ScriptDriver.RunAsync(
            "await agent('a', { lable: 'x' }); await agent('b', { lable: 'y', colour: 1 });");
        Assert.Equal(2, run.Agents.Count());
        Assert.Equal(
            [
                "agent() option 'lable' is unknown and ignored. Did you mean 'label'?",
                "agent() option 'colour' is unknown and ignored. Known options: label, phase, schema, model, effort, isolation, agentType, stallMs, tools, disallowedTools, timeoutMs, maxTurns, retries.",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Agent_BeyondTheCap_RejectsAndTheOthersRun()
    {
        var driver = new ScriptDriver { Limits = new ScriptLimits { MaxAgents = 3 } };
        var result = await ScriptDriver.ResultAsync("""
            const all = await Promise.allSettled(Array.from({ length: 5 }, (_, i) => agent('n' + i)));
            return all.map(x => x.value ?? [x.reason instanceof Error, x.reason.name, x.reason.message]);
            """, driver);
        const string Refusal = "[true,\"WorkflowAgentCapError\",\"agent() was called more than 3 times in this run, the cap per run. The likely cause is a loop that does not end: bound its rounds.\"]";
        Assert.Equal($"[\"n0\",\"n1\",\"n2\",{Refusal},{Refusal}]", result);
    }

    [Fact]
    public async Task Agent_BudgetSpent_RejectsAndCallsInFlightFinish()
    {
        var driver = new ScriptDriver { BudgetTotal = 100, TokensPerAgent = 60 };
        var result = await ScriptDriver.ResultAsync("""
            const seen = [[budget.total, budget.spent(), budget.remaining()]];
            const [a, b, c] = [agent('a'), agent('b'), agent('c')];
            await a; seen.push([budget.spent(), budget.remaining()]);
            await b; seen.push([budget.spent(), budget.remaining()]);
            try { await agent('d'); } catch (e) { seen.push(e instanceof Error, e.name, e.message); }
            seen.push(await c, Object.isFrozen(budget));
            return seen;
            """, driver);
        Assert.Equal(
            "[[100,0,100],[60,40],[120,0],true,\"WorkflowBudgetExceededError\",\"The run's budget of 100 output tokens is spent (120 used), so no further agent starts. Check budget.remaining() before a call, or resume with a larger budget.\",\"c\",true]",
            result);
    }

    [Fact]
    public async Task Budget_WithoutTotal_IsInfinite()
    {
        Assert.Equal("[true,true,0]", await ScriptDriver.ResultAsync("return [budget.total === null, budget.remaining() === Infinity, budget.spent()];"));
    }

    [Fact]
    public async Task Agent_RejectionNobodyAwaits_EndsNoRun()
    {
        var driver = new ScriptDriver { Agent = request => request.Prompt == "bad" ? new Rejected("Error", "no") : new Resolved("1") };
        Assert.Equal("1", await ScriptDriver.ResultAsync("agent('bad'); agent(); Promise.reject(new Error('x')); return await agent('good');", driver));
    }

    [Fact]
    public async Task Agent_InFlightAtReturn_IsNoHindrance()
    {
        await using var run = new ScriptDriver();
        await run.StartAsync(ScriptDriver.Body("agent('never'); return await Promise.race([agent('a'), agent('b')]);"));
        await run.DeliverAsync(3, new Resolved("\"b\""));
        Assert.Equal("\"b\"", run.ResultJson);
        await Assert.ThrowsAsync<InvalidOperationException>(() => run.DeliverAsync(1, new Resolved("1")));
    }
}
