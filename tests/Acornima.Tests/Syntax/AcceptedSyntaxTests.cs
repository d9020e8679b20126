namespace Acornima.Tests.Syntax;

public sealed class AcceptedSyntaxTests
{
    [Theory]
    [InlineData("class A { a = 1; b; 'c' = 2; [d] = 3; static e; #g = 5; static #h; get; set; async; static; get a() {} set a(v) {} async b() {} *c() {} async *d() {} static async *e() {} static { this.x = 1 } static static }")]
    [InlineData("class A { get\n a() {} static\n b\n async\n c() {} }")]
    [InlineData("class A { get #a() {} set #a(v) {} m() { return #a in this && this?.#a } }")]
    [InlineData("class A extends B { constructor() { super(); () => super.x } x = super.y; static { super.z; new.target } }")]
    [InlineData("class A { static { function f() { await; arguments } } }")]
    [InlineData("class A { 'constructor'() {} static constructor() {} static constructor() {} ['constructor']() {} }")]
    [InlineData("a?.b.c(1)?.[d]?.(e); a?.5:1; delete a?.b; new (a?.b)()")]
    [InlineData("a ?? (b || c); (a && b) ?? c; a ??= b; a ||= b; a &&= b")]
    [InlineData("1n + 0xfn + 0b1n + 0o7n + 1_000.5_5e1_0 + 017 + 089.5 + .5 + 5. + 0B1 + 0O7 + 0XF")]
    [InlineData("async () => await x; async x => x; async (x, y = 1, ...z) => x; async\n(x); var async; async = 1; async: 1")]
    [InlineData("function await() {} var await; await: 1; (await) => await; function* yield() {}")]
    [InlineData("function* g() { yield; yield\n1; yield* yield; ({ a: yield }); (yield) ? 1 : 2; x = yield }")]
    [InlineData("async function f() { for await (const x of y) {} for await (async of y) {} return (x = await 1) }")]
    [InlineData("for (let of = 1;;) {} for (let in x) {} for (let[a] of b) {} for (let = 1;;) {} for (async of => 1;;) {}")]
    [InlineData("for (var i = 0 in x) {} for ((x) of y) {} for ([x = 1] of y) {} for (x of a => b) {} for (x.y in z) {}")]
    [InlineData("for (var x = (a in b) ? 1 : 2;;) {} for (var x = () => { a in b };;) {} for (var x = [a in b];;) {}")]
    [InlineData("try {} catch (e) { var e } try {} catch {} finally {}")]
    [InlineData("{ function a() {} function a() {} } function b() {} var b; if (1) function f() {} a: function g() {}")]
    [InlineData("switch (1) { case 1: function a() {} case 2: function a() {} default: let b }")]
    [InlineData("let\na\nlet: 1; l\\u0065t\nb; if (1) let\nc")]
    [InlineData("a: b: for (;;) { continue a; } a: { break a } while (1) a: break a")]
    [InlineData("({ a, b = 1, c: { d }, ...e } = f); [a, , [b], ...c.d] = e; ({ a: (b.c) } = d); [(a)] = 1")]
    [InlineData("({ __proto__: a, __proto__: b } = c); ({ __proto__: 1, __proto__, ['__proto__']: 2, __proto__() {} })")]
    [InlineData("(a,) => 1; f(a,); f(...a, ...b,); ([a.b, c = d]) ; ({}) => 1; ([a, { b }], c = 1, ...[d]) => 1")]
    [InlineData("a ? (b) : c => d; a ? (b) => c : d; a ? b : c ? d : e; (a => {}).b; a => {}\n/b/")]
    [InlineData("a = b\n/c/g; /[/]/; /(?<y>.)\\k<y>/u; /[\\p{L}--[a-z]]/v; a / b / c; x = /=/; if (1) /a/")]
    [InlineData("`a${`b${c}`}d`; a`\\u`; a`b``c`; new a`b`(); `\\\n\u2028`; `$${1}{`")]
    [InlineData("'\u2028'; 'a\\\nb'; '\\08'; '\\9'; '\\u{1F600}\\x41\\u0041'")]
    [InlineData("x <!-- y\n--> z\n/*\n*/ --> w")]
    [InlineData("var \\u{61}, a\u200c, \ud842\udfb7, \u00aa, \u2118, \u16ee; x.if.class; ({ if: 1, class() {}, get function() {} })")]
    [InlineData("function f(a, a) { } function g() { 'use\\x20strict'; 010 } function h() { ('use strict'); 010 }")]
    [InlineData("do;while(0) a; if (1) a\nelse b; {}[]; ;;; debugger")]
    [InlineData("a ** -b; (-a) ** b; -(a ** b); ++a ** b; a\n++b; void typeof delete a.b; a instanceof b in c")]
    [InlineData("import('a'); import('a', b,); import('x').then; () => () => function () { new.target }")]
    [InlineData("{ using a = b, c = d; } for (using x of y) {} for (using of z) {} using\nx; async function f() { await using a = b }")]
    public void Script_Parses(string source) => new Parser().ParseScript(source);

    [Theory]
    [InlineData("export const meta = { name: 'x' }; const r = await f(); export { r as default, r as 'a b', r }; export * from 'a'; export * as ns from 'b'")]
    [InlineData("import a, { b as c, default as d, 'e f' as g } from 'x'; import * as h from 'y' with { type: 'json' }; import 'z'; import i, * as j from 'k'")]
    [InlineData("export default function () {} export { a } from 'b' with {}; export {}; import.meta.url; for await (x of y) {}")]
    [InlineData("export default class {} export async function f() {} export function* g() {} export class A {} export let [x, { y }] = z")]
    [InlineData("export default async () => {}; export { f }; function f() {} await using x = y; using z = w")]
    [InlineData("import { from } from 'from'; import from1, { as as as } from 'x'; export { if } from 'y'")]
    public void Module_Parses(string source) => new Parser().ParseModule(source);

    [Theory]
    [InlineData("import source x from 'x'; import source from from 'y'; import source from 'z'; import.source('a')")]
    [InlineData("import defer * as x from 'x'; import defer from 'y'; import.defer('a')")]
    [InlineData("@a.b(c) @(d) class A { @e f = 1; @g static m() {} accessor h = 1; static accessor i } export default @j class {}")]
    [InlineData("@a export class A {} export @b class B {} (@c class {})")]
    public void Proposal_ParsesIfEnabled(string source)
    {
        var options = new ParserOptions
        {
            ExperimentalESFeatures = ExperimentalESFeatures.Decorators | ExperimentalESFeatures.SourcePhaseImports
                | ExperimentalESFeatures.DeferImportEvaluation,
        };

        new Parser(options).ParseModule(source);
        Assert.Throws<ParseErrorException>(() => new Parser().ParseModule(source));
    }
}
