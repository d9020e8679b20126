using Jint;

namespace Acornima.Tests.Jint;

/// <summary>Scripts on the engine: trees of the wrong shape show in what they compute.</summary>
public sealed class JintSmokeTests
{
    [Theory]
    [InlineData("1 + 2 * 3 ** 2 - -4 % 3", "20")]
    [InlineData("let a = 1, b; b ??= a; b ||= 2; a &&= 5; [a, b].join()", "5,1")]
    [InlineData("var o = { x: 1, get y() { return this.x + 1 }, set y(v) { this.x = v }, ['z' + 1]: 3, m() { return super.toString === Object.prototype.toString } }; o.y = 5; [o.x, o.y, o.z1, o.m()].join()", "5,6,3,true")]
    [InlineData("const { a, b: [c, ...d], e = 5, ...f } = { a: 1, b: [2, 3, 4], g: 6, h: 7 }; [a, c, d, e, JSON.stringify(f)].join('|')", "1|2|3,4|5|{\"g\":6,\"h\":7}")]
    [InlineData("let x, y; [x, y = 2] = [1]; ({ x, y: { z: y = 9 } = {} } = { x: 3 }); [x, y].join()", "3,9")]
    [InlineData("class A { #p = 1; static #s = 2; static t = A.#s + 1; get p() { return this.#p } #m() { return #p in this } m() { return this.#m() } static { this.u = 4 } } class B extends A { constructor() { super(); this.q = super.p } } [new B().q, A.t, A.u, new A().m()].join()", "1,3,4,true")]
    [InlineData("function* g() { const r = yield 1; yield* [r, 3]; return 4 } const it = g(); [it.next().value, it.next(2).value, it.next().value, it.next().value].join()", "1,2,3,4")]
    [InlineData("outer: for (let i = 0; ; i++) { for (const j of [1, 2, 3]) { if (j == 2) continue outer; if (i == 3) break outer } } 'done'", "done")]
    [InlineData("var s = ''; a: b: while (true) { s += 'x'; if (s.length < 3) continue a; break b } s", "xxx")]
    [InlineData("const tag = (s, ...v) => s.raw.join('-') + s.length + (s[0] === undefined) + v.join(); tag`\\unicode ${1} b ${2}`", "\\unicode - b -3true1,2")]
    [InlineData("`a${1 + 1}b${`c${3}`}`", "a2bc3")]
    [InlineData("'2024-05-06'.replace(/(?<y>\\d+)-(?<m>\\d+)/u, '$<m>/$<y>') + /a\\/[/]b/.test('a//b')", "05/2024-06true")]
    [InlineData("(2n ** 64n + 0xFFn).toString() + 1_000", "184467440737095518711000")]
    [InlineData("var o = { a: { b: () => 7 } }; [o?.a?.b?.(), o.c?.d.e.f, o?.['a'].b(), delete o?.a, o.a].join()", "7,,7,true,")]
    [InlineData("try { null.x } catch { var r = 'caught' } finally { r += '!' } r", "caught!")]
    [InlineData("switch (3) { case 1: 'one'; default: 'other'; break; case 2: 'two' }", "other")]
    [InlineData("var n = 0; do n++; while (n < 5) n", "5")]
    [InlineData("var i = 0\nvar j = i\n++i\n;[i, j].join()", "1,0")]
    [InlineData("(function () { if (true) { function f() { return 1 } } return typeof f })()", "function")]
    [InlineData("(function () { return typeof f; { function f() {} } })()", "undefined")]
    [InlineData("(function (a, b = a, ...c) { 'x'; return arguments.length + b + c.length })(1, undefined, 3, 4)", "7")]
    [InlineData("(() => { 'use strict'; return this === undefined })()", "false")]
    [InlineData("(function () { 'use strict'; return this === undefined })()", "true")]
    [InlineData("new (class { constructor() { this.t = new.target.name } })().t", "")]
    [InlineData("eval('var q = 3; q * 2') + new Function('a', 'b', 'return a * b')(3, 4)", "18")]
    [InlineData("var f = async x => await x; var g = async function* () { yield 1 }; typeof f + typeof g", "functionfunction")]
    [InlineData("void 0 ?? typeof undefined", "undefined")]
    [InlineData("var \\u{61}b = 1; ab + 'ünï'.length", "4")]
    [InlineData("[..., ].length", null)]
    [InlineData("var a = [1, , 3]; a.length + String(1 in a)", "3false")]
    [InlineData("x = 1; with ({ x: 2 }) { x }", "2")]
    [InlineData("var s = 0; for (var k in { a: 1, b: 2 }) s += k; for (let [k, v] of new Map([['c', 3]])) s += k + v; s", "0abc3")]
    public void Script_Runs(string source, string? expected)
    {
        var engine = new Engine();
        if (expected is null)
        {
            Assert.ThrowsAny<Exception>(() => engine.Evaluate(source));
            return;
        }

        Assert.Equal(expected, engine.Evaluate(source).ToString());
    }

    [Fact]
    public async Task AsyncScript_ForAwaitOverAnAsyncGenerator_Runs()
    {
        var engine = new Engine();
        var result = await engine.EvaluateAsync(
            """
            (async () => {
                async function* numbers() { for (let i = 0; i < 3; i++) yield await Promise.resolve(i); }
                let sum = 0;
                for await (const n of numbers()) sum += n;
                const [a, b] = await Promise.all([1, (async () => 2)()]);
                return sum + a + b;
            })()
            """,
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(6, result.UnwrapIfPromise(TestContext.Current.CancellationToken).AsNumber());
    }

    [Fact]
    public void Modules_ImportAndExport()
    {
        var engine = new Engine();
        engine.Modules.Add("lib", "export const meta = { name: 'n' }; export default class { m() { return 1 } } export function f() { return 2 } const x = 3; export { x as 'y z', x };");
        engine.Modules.Add("main", "import C, { meta, f as g, 'y z' as y, x } from 'lib'; import * as all from 'lib'; const v = await Promise.resolve(4); export const result = [new C().m(), meta.name, g(), y, x, Object.keys(all).length, v, typeof import.meta].join();");

        var ns = engine.Modules.Import("main");

        Assert.Equal("1,n,2,3,3,5,4,object", ns.Get("result").AsString());
    }

    [Fact]
    public void PreparedScript_WithStaticAnalysisAndReferencedGlobals_Runs()
    {
        var prepared = Engine.PrepareScript("const f = (a, { b }) => { let c = a + b + g; return c }; class K { m() { return K } } f(1, { b: 2 })");
        var engine = new Engine();
        engine.SetValue("g", 3);

        Assert.Equal(6, engine.Evaluate(prepared).AsNumber());
    }

    [Fact]
    public void SyntaxError_InAnEval_IsASyntaxErrorOfTheScript()
    {
        Assert.Equal("true", new Engine().Evaluate("try { eval('var 1') } catch (e) { e instanceof SyntaxError }").ToString());
    }
}
