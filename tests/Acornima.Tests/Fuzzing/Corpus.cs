using Acornima.Tests.Conformance;

namespace Acornima.Tests.Fuzzing;

/// <summary>What the fuzzer starts from: sources of our own, and real ones where they are installed.</summary>
internal static class Corpus
{
    private const int MaxRealLength = 8_000;

    private static readonly string[] BuiltIn =
    [
        "export const meta = { name: 'x', description: 'y', phases: [{ title: 'Find' }] };\nconst found = await parallel([1, 2].map(n => () => agent(`Look at ${n}\n${`nested ${n}`}`, { schema: { type: 'object', properties: {} } })));\nreturn found.filter(Boolean).map(({ a, b = 1, ...rest }) => ({ a, b, rest }));",
        "class A extends (B ?? Object) { #p = 1; static s = A.name; static { this.t = 2; } get p() { return this.#p; } set p(v) { this.#p ||= v; } static async *[Symbol.iterator]() { yield* [1, 2]; } 'quoted'() {} 5() {} has(o) { return #p in o; } }",
        "for (const [k, { v = 1 } = {}] of Object.entries(x)) { if (k) continue; else break; } for await (const y of z) {} for (var i = 0, n = 5; i < n; i++) {} for (let p in q) ; outer: while (1) { do { continue outer; } while (0) }",
        "async function f(a, { b, c: [d, , e] }, ...rest) { try { return await (a?.b?.[c]?.(d) ?? (b || c)); } catch { throw new Error(`x${a}`, { cause: e }); } finally { log(rest); } }",
        "const r = /(?<year>\\d{4})-(?<m>\\d\\d)(?<!x)[^\\]\\w-]+?\\k<year>/giu; const v = /[\\p{L}--[a-z]&&[^x]]/v; a = b / c / d; x = a++ / 2; tag`a${1}\\u{61}${2}`;",
        "switch (a) { case 1: case 'b': { let c; } break; default: function g() {} } label: { break label; } var x = y ? z : w ? (1, 2) : async (p) => p ** -2;",
        "function* g(a = 1, b = () => arguments) { 'use strict'; const x = yield a; yield* g(); return new.target, new (foo())().bar, new a.b.c; }",
        "[a, b.c, ...d[e]] = [b, a]; ({ x, y: z = 3, ['k' + 1]: w, ...others } = obj); ({ get a() { return 1 }, set a(v) {}, async b() {}, *c() {}, async *d() {}, __proto__: null, [e]: f });",
        "import def, { a as b, 'str' as c } from 'm' with { type: 'json' }; import * as ns from 'n'; export { b as default, c as 'x y' }; export * as q from 'q'; export default class {} ",
        "1_000.5e-3 + 0xFFn + 0b1 + 0o17 + .5 + 5. + 'a\\\nb\\u{1F600}\\x41\\0' + \"\u2028\"; var \\u0061b = \u00fc\ud842\udfb7; void typeof delete a.b, !~-+x; if (a) b\nelse c\n;[1]",
    ];

    public static IReadOnlyList<string> Load(ConformanceKit? kit)
    {
        if (kit is null)
        {
            return BuiltIn;
        }

        var set = Directory.GetFiles(Path.Combine(kit.Modules, "test262-parser-tests", "pass")).Order(StringComparer.Ordinal);
        var real = kit.Sources(5).Where(file => new FileInfo(file).Length < MaxRealLength);
        return [.. BuiltIn, .. set.Concat(real).Select(ConformanceKit.Read)];
    }
}
