using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Tests.Scripts;

public sealed class WorkflowScriptTests
{
    private const string Meta = "export const meta = { name: 'x', description: 'y' };\n";

    private const string MetaRemedy = "Begin the file with: export const meta = { name: 'my-workflow', description: 'What it does' }.";

    private const string LiteralRemedy = "meta is read without running the script, so its values must be literals; this one is computed. Write the value out.";

    private const string KeyRemedy =
        "meta is read without running the script, so it may hold only plain keys with literal values: no spreads, methods, shorthands or computed keys. Write the value out.";

    [Fact]
    public void Meta_EveryKindOfLiteral_IsRead()
    {
        var script = WorkflowScript.Parse("""
            // a comment
            /* another */
            export const meta = {
              name: `audit`,
              'description': "finds \"bugs\"",
              title: 'Audit',
              whenToUse: 'often',
              phases: [{ title: 'Find', detail: 'd', model: 'm' }, { title: 'Judge' }, { detail: 'no title' }, 'text', { title: '' }, null],
              unknown: { nested: [1, -2.5, true, null, [{}]] }, 5: 1,
            };
            """, "audit.js");
        Assert.Equal("audit.js", script.FileName);
        Assert.Equal(("audit", "finds \"bugs\"", "Audit", "often"), (script.Meta.Name, script.Meta.Description, script.Meta.Title, script.Meta.WhenToUse));
        Assert.Equal([new WorkflowPhase("Find", "d", "m"), new WorkflowPhase("Judge")], script.Meta.Phases);
        Assert.Empty(script.Warnings);
    }

    [Theory]
    [InlineData("", 1, 1, "The script has no meta. " + MetaRemedy)]
    [InlineData("\n  return 1;", 2, 3, "The script has no meta. " + MetaRemedy)]
    [InlineData("const meta = { name: 'x', description: 'y' };", 1, 1, "The script has no meta. " + MetaRemedy)]
    [InlineData("export let meta = { name: 'x', description: 'y' };", 1, 1, "The script has no meta. " + MetaRemedy)]
    [InlineData("const a = 1;\nexport const meta = { name: 'x', description: 'y' };", 2, 14, "export const meta must be the first statement. Move it to the top of the file; only comments may stand before it.")]
    [InlineData("export const meta = make();", 1, 21, "meta must be an object literal, since it is read without running the script. " + MetaRemedy)]
    [InlineData("export const meta = { name: 'x' };", 1, 21, "meta.description is missing. Add description: '…' to meta.")]
    [InlineData("export const meta = { name: ' ', description: 'y' };", 1, 21, "meta.name must be a non-empty string.")]
    [InlineData("export const meta = { name: 5, description: 'y' };", 1, 21, "meta.name must be a non-empty string.")]
    [InlineData("export const meta = { name: 'a' + 'b', description: 'y' };", 1, 29, LiteralRemedy)]
    [InlineData("export const meta = { name: `a${1}`, description: 'y' };", 1, 29, LiteralRemedy)]
    [InlineData("export const meta = { name: 'x', description: 'y', phases: [title] };", 1, 61, LiteralRemedy)]
    [InlineData("export const meta = { ...base, name: 'x', description: 'y' };", 1, 23, KeyRemedy)]
    [InlineData("export const meta = { name, description: 'y' };", 1, 23, KeyRemedy)]
    [InlineData("export const meta = { ['name']: 'x', description: 'y' };", 1, 23, KeyRemedy)]
    [InlineData("export const meta = { name() {}, description: 'y' };", 1, 23, KeyRemedy)]
    [InlineData("export const meta = { get name() { return 'x'; }, description: 'y' };", 1, 23, KeyRemedy)]
    [InlineData("export const meta = { name: 'x', description: 'y', phases: [, 1] };", 1, 60, "An array in meta has a hole. Remove the extra comma.")]
    public void Meta_MissingOrComputed_IsRefused(string script, int line, int column, string message) => Refused(script, line, column, message);

    [Theory]
    [InlineData("import fs from 'fs';", 1, "A workflow is one file and cannot import modules. Remove the import; the globals (agent, parallel, …) need none, and agents can read files and use tools.")]
    [InlineData("export * from 'x';", 1, "A workflow is one file and cannot import modules. Remove the import; the globals (agent, parallel, …) need none, and agents can read files and use tools.")]
    [InlineData("export { a } from 'x';", 1, "A workflow is one file and cannot import modules. Remove the import; the globals (agent, parallel, …) need none, and agents can read files and use tools.")]
    [InlineData("await import('fs');", 7, "import() is not available in workflows. Move the code into this file, or let an agent do what the module would.")]
    [InlineData("log(import.meta.url);", 5, "import.meta is not available in workflows. Pass what you need in args.")]
    [InlineData("eval('1');", 1, "eval is not available in workflows. Write the code out, or parse data with JSON.parse.")]
    [InlineData("x = new Function('a', 'return a');", 5, "Code from strings (new Function) is not available in workflows. Write the function out.")]
    [InlineData("Function('return 1')();", 1, "Code from strings (new Function) is not available in workflows. Write the function out.")]
    [InlineData("with (Math) { }", 1, "with is not available in strict mode. Name the object where you use it.")]
    [InlineData("agent(`a``b`);", 10, "A template literal is used as the tag of another. A backtick inside a template literal ends it: write \\` for a backtick in a prompt.")]
    public void ForbiddenConstruct_IsRefused(string body, int column, string message) => Refused(Meta + body, 2, column, message);

    [Fact]
    public void ForbiddenWords_InPromptsCommentsAndNames_AreFine()
    {
        var script = WorkflowScript.Parse(Meta + """
            // import fs from 'fs'; eval('x'); Math.random(); new Date()
            await agent(`import x, call eval("y"), Math.random() and Date.now(), new Function() with (z) {}`);
            const o = { eval: 1, import: 2, with: 3 }; o.eval; o.import; o.model.eval(); class A { eval() {} import() {} }
            const random = { Math: { random() {} } }; random.Math.random(); new Date(0); new Date(2026, 1);
            """, "x.js");
        Assert.Empty(script.Warnings);
    }

    [Fact]
    public void EveryError_IsReported()
    {
        var refusal = Assert.Throws<ScriptRefusedException>(() => WorkflowScript.Parse(
            "export const meta = { name: make(), description: 5 + 5 };\nimport a from 'a';\neval('x');", "x.js"));
        Assert.Equal([(1, 29), (1, 50), (2, 1), (3, 1)], refusal.Errors.Select(error => (error.Line, error.Column)));
        Assert.Contains("x.js:3:1: eval is not", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("const x: string = 'a';", 8, "TypeScript syntax: a type annotation. Workflows are plain JavaScript: remove the types.")]
    [InlineData("function f(a: number, b?: string) {}", 13, "TypeScript syntax: a type annotation. Workflows are plain JavaScript: remove the types.")]
    [InlineData("function f(b?: string) {}", 13, "TypeScript syntax: a type annotation. Workflows are plain JavaScript: remove the types.")]
    [InlineData("const f = (a: { b: number }) => a;", 13, "TypeScript syntax: a type annotation. Workflows are plain JavaScript: remove the types.")]
    [InlineData("function f(): Promise<void> {}", 13, "TypeScript syntax: a type annotation. Workflows are plain JavaScript: remove the types.")]
    [InlineData("interface Finding { file: string }", 1, "TypeScript syntax: 'interface'. Workflows are plain JavaScript: remove the types.")]
    [InlineData("type Finding = { file: string };", 6, "TypeScript syntax: 'type'. Workflows are plain JavaScript: remove the types.")]
    [InlineData("export type Finding = string;", 8, "TypeScript syntax: 'type'. Workflows are plain JavaScript: remove the types.")]
    [InlineData("enum Level { Low, High }", 1, "TypeScript syntax: 'enum'. Workflows are plain JavaScript: remove the types.")]
    [InlineData("declare const x;", 9, "TypeScript syntax: 'declare'. Workflows are plain JavaScript: remove the types.")]
    [InlineData("const x = args as Finding[];", 16, "TypeScript syntax: 'as'. Workflows are plain JavaScript: remove the types.")]
    [InlineData("const x = {} satisfies Finding;", 14, "TypeScript syntax: 'satisfies'. Workflows are plain JavaScript: remove the types.")]
    [InlineData("function f<T>(x) { return x; }", 11, "TypeScript syntax: type parameters. Workflows are plain JavaScript: remove the types.")]
    [InlineData("const m = new Map<string, number>();", 33, "TypeScript syntax: type parameters. Workflows are plain JavaScript: remove the types.")]
    [InlineData("const x = args!.a;", 15, "TypeScript syntax: a non-null assertion ('!'). Workflows are plain JavaScript: remove the types.")]
    [InlineData("await agent(`Use the `foo` function`);", 23, "Syntax error: missing ) after argument list. A backtick inside a template literal ends it: write \\` for a backtick in a prompt.")]
    [InlineData("await agent(`never closed);", 13, "Syntax error: the template literal that starts here is never closed. Close it with a backtick, or look for an unescaped one further up. A backtick inside a template literal ends it: write \\` for a backtick in a prompt.")]
    [InlineData("const x = ;", 11, "Syntax error: Unexpected token ';'. Correct the syntax at this place.")]
    [InlineData("const o = { a: 1 b: 2 };", 18, "Syntax error: Unexpected identifier 'b'. Correct the syntax at this place.")]
    [InlineData("const f = () => { await agent('x'); };", 19, "Syntax error: await stands in a function that is not async. Write async before that function: async item => { await … }.")]
    [InlineData("[1].map(x => await agent(x));", 14, "Syntax error: await stands in a function that is not async. Write async before that function: async item => { await … }.")]
    [InlineData("function f() { const r = await agent('x'); }", 26, "Syntax error: await stands in a function that is not async. Write async before that function: async item => { await … }.")]
    [InlineData("[1].forEach(x => { if (x) { log(await agent(x)) } });", 33, "Syntax error: await stands in a function that is not async. Write async before that function: async item => { await … }.")]
    [InlineData("if (true) {", 12, "Syntax error: the file ends too early. A closing ), ] or } is missing; look for the one that was never closed.")]
    public void SyntaxError_IsNamedForWhatItIs(string body, int column, string message) => Refused(Meta + body, 2, column, message);

    [Fact]
    public void UnclosedTemplate_IsShownWhereItStarts()
    {
        const string Body = "const a = 'it\\'s `'; /* ` */ f(`x ${`y ${{}}`} z\\``); // `\nawait agent(`${a} b` +\n  `c);\n\n";
        var error = Assert.Single(Assert.Throws<ScriptRefusedException>(() => WorkflowScript.Parse(Meta + Body, "x.js")).Errors);
        Assert.Equal((4, 3), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("const a = x ? y : z; label: for (;;) break label; const o = { type: 1, as: 2, interface: 3 };")]
    [InlineData("const { a: b } = { a: 1 }; switch (b) { case 1: break; default: log(b); } const type = 1, as = 2, of = 3, async = 4;")]
    [InlineData("class A { #p = 1; static s = 2; static { A.s++; } get p() { return this.#p; } static async *g() { yield* []; } }")]
    [InlineData("for await (const x of (async function* () { yield 1; })()) log(x); a?.b?.[0]?.(1); let a; a ??= 1_000n ** 2n; a ||= /x(?<n>y)/dv;")]
    [InlineData("return await agent(`a ${`b ${'c'} \\` d`} e`);")]
    [InlineData("if (args) return; const x = args < 1 && args > 2; [1].map(x => ({ y: x })); do { } while (false)")]
    public void ModernJavaScript_Passes(string body) => Assert.NotNull(WorkflowScript.Parse(Meta + body, "x.js"));

    [Fact]
    public void Notes_NameWhatIsNotPortable_OnceEachAndWarnOfNothing()
    {
        var script = WorkflowScript.Parse(Meta + "const a = Date.now(), b = new Date(), c = Math.random();\nDate.now(); new Date(); Math.random(); new Date(5); Date();", "x.js");
        const string Unportable = "It works here and is replay-safe, but is not portable to Claude Code, where it throws.";
        Assert.Equal(
            [
                new ScriptError($"Date.now() reads the clock. {Unportable}", "x.js", 2, 11, "const a = Date.now(), b = new Date(), c = Math.random();"),
                new ScriptError($"new Date() without arguments reads the clock. {Unportable}", "x.js", 2, 27, "const a = Date.now(), b = new Date(), c = Math.random();"),
                new ScriptError($"Math.random() draws by chance. {Unportable}", "x.js", 2, 43, "const a = Date.now(), b = new Date(), c = Math.random();"),
                new ScriptError($"Date() reads the clock. {Unportable}", "x.js", 3, 53, "Date.now(); new Date(); Math.random(); new Date(5); Date();"),
            ],
            script.Notes);
        Assert.Empty(script.Warnings);
    }

    [Fact]
    public void Notes_NameExtensionsWithTheirRemedy_UnlessTheScriptHasItsOwn()
    {
        var script = WorkflowScript.Parse(
            Meta + "// judge(x) in a comment\nconst judge = x => x; judge(1); log('verify(y)');\nawait verify('x'); await verify('y'); await checkpoint('z'); failures(); ({}).converge; converge(args)", "x.js");

        Assert.Equal(
            ["x.js:4:7: verify() is not portable", "x.js:4:45: checkpoint() is not portable", "x.js:4:62: failures() is not portable", "x.js:4:89: converge() is not portable"],
            script.Notes.Select(note => note.ToString().Split(" to Claude")[0]));
        Assert.Contains("copy prompts/patterns/verify.js", script.Notes[0].Message, StringComparison.Ordinal);
        Assert.Empty(script.Warnings);
    }

    [Fact]
    public void Warnings_NamePhasesThatMetaDoesNot()
    {
        var script = WorkflowScript.Parse("""
            export const meta = { name: 'x', description: 'y', phases: [{ title: 'Find' }] };
            phase('Find'); phase('Fnd'); phase(`Judge`); phase(args.title);
            await agent('x', { phase: 'Report' }); await agent('x', { phase: 'Find' });
            const f = tell => tell.phase('Other');
            """, "x.js");
        Assert.Equal(
            [
                "x.js:2:22: meta.phases does not name the phase 'Fnd'. Did you mean 'Find'?",
                "x.js:2:36: meta.phases does not name the phase 'Judge'. Add it there, or use one of its titles.",
                "x.js:3:27: meta.phases does not name the phase 'Report'. Add it there, or use one of its titles.",
            ],
            script.Warnings.Select(warning => warning.ToString().Split('\n')[0]));
    }

    [Fact]
    public void Warnings_SpareShadowedNames()
    {
        Assert.Empty(WorkflowScript.Parse(Meta + "const Date = { now() {} }; Date.now(); const Math = { random() {} }; Math.random(); const Function = x => x; Function('a');", "x.js").Warnings);
    }

    [Theory]
    [InlineData('\0', "U+0000")]
    [InlineData('\u001b', "U+001B")]
    [InlineData('\u007f', "U+007F")]
    [InlineData('\u0085', "U+0085")]
    public void ControlCharacter_IsRefused(char character, string name) =>
        Refused(Meta + "log('" + character + "');", 2, 6, $"The script contains the control character {name}. Remove it, or write \\u{(int)character:x4} in a string.");

    [Fact]
    public void Length_AtTheBound_Passes_BeyondIt_IsRefused()
    {
        var fill = Meta + "//".PadRight(524_288 - Meta.Length, 'x');
        Assert.NotNull(WorkflowScript.Parse(fill, "x.js"));
        var refusal = Assert.Throws<ScriptRefusedException>(() => WorkflowScript.Parse(fill + "x", "x.js"));
        Assert.Equal("The script has 524,289 characters; 524,288 is the most. Move data into args or into files that agents read.", Assert.Single(refusal.Errors).ToString());
    }

    [Theory]
    [InlineData("\r\n", 2)]
    [InlineData("\r", 2)]
    [InlineData("\u2028", 2)]
    [InlineData("\n\n", 3)]
    public void LineEnds_OfEveryKind_Count(string end, int line) =>
        Refused("\uFEFF" + Meta.TrimEnd() + end + "  eval(1);" + end, line, 3, "eval is not available in workflows. Write the code out, or parse data with JSON.parse.");

    [Fact]
    public void Bom_DoesNotMoveColumns() =>
        Refused("\uFEFFexport const meta = 5;", 1, 21, "meta must be an object literal, since it is read without running the script. " + MetaRemedy);

    [Fact]
    public void LongLine_IsCut()
    {
        var refusal = Assert.Throws<ScriptRefusedException>(() => WorkflowScript.Parse(Meta + "eval(1);" + new string(' ', 500), "x.js"));
        Assert.Equal(200, Assert.Single(refusal.Errors).SourceLine!.Length);
    }

    private static void Refused(string script, int line, int column, string message)
    {
        var refusal = Assert.Throws<ScriptRefusedException>(() => WorkflowScript.Parse(script, "x.js"));
        var error = Assert.Single(refusal.Errors);
        Assert.Equal((line, column, message), (error.Line, error.Column, error.Message));
        Assert.Equal("x.js", error.FileName);
        Assert.NotNull(error.SourceLine);
    }
}
