using System.Text;

namespace Acornima.Tests.Fuzzing;

/// <summary>Makes sources that nobody would write: the same seed and corpus give the same source.</summary>
internal sealed class SourceFuzzer(IReadOnlyList<string> corpus)
{
    private const int MaxLength = 20_000;

    private static readonly string[] Tokens =
    [
        "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "<=", ">=", "==", "!=", "===", "!==", "+", "-", "*", "/", "%", "**", "++", "--",
        "<<", ">>", ">>>", "&", "|", "^", "!", "~", "&&", "||", "??", "?", "?.", ":", "=", "+=", "**=", "&&=", "||=", "??=", "=>", "...", ".",
        "`", "${", "}", "`x${", "}y`", "'", "\"", "'a'", "\"b\\n\"", "'\\u{1F600}'", "'\\x4'", "'\\8'", "\\", "#", "#a", "@", "#!", "<!--", "-->",
        "//", "/*", "*/", "/a/", "/[/]\\//g", "/(?<n>a)\\k<n>/u", "/[\\p{L}--[a-z]]/v", "/(/", "/a{2,1}/", "/(?<!b)c/y", "/\\1(?=a)/", "/]/u",
        "0", "1", "0x1F", "0b1", "0o7", "017", "089", "1n", "1_0", "1__0", "1e3", ".5", "5.", "1.e", "0xg", "3in", "1e400", "9007199254740993",
        "a", "b", "\\u0061", "\\u{62}", "\u00fc", "\ud842\udfb7", "\ud800", "x1", "_", "$", "constructor", "prototype", "__proto__", "arguments", "eval",
        "async", "await", "yield", "let", "static", "of", "get", "set", "accessor", "using", "as", "from", "meta", "target", "implements", "enum",
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "export", "extends", "false",
        "finally", "for", "function", "if", "import", "in", "instanceof", "new", "null", "return", "super", "switch", "this", "throw", "true",
        "try", "typeof", "var", "void", "while", "with", "'use strict';", "async function", "async () =>", "function*", "yield*", "new.target",
        "import.meta", "import(", "for await (", "class A extends B {", "static {", "get x() {", "export default", "export {", "} from 'x'",
        "\n", "\r\n", "\r", "\u2028", "\u2029", "\t", " ", "\u00a0", "\ufeff", "\0", "\u180e",
    ];

    public string Source(int seed)
    {
        var random = new Random(seed);
        var source = new StringBuilder(random.Next(4) == 0 ? Words(random) : corpus[random.Next(corpus.Count)]);
        if (source.Length > MaxLength)
        {
            source.Length = MaxLength;
        }

        for (var round = random.Next(1, 5); round > 0; round--)
        {
            Mutate(source, random);
        }

        return source.ToString();
    }

    private static string Words(Random random)
    {
        var source = new StringBuilder();
        for (var count = random.Next(1, 40); count > 0; count--)
        {
            source.Append(Tokens[random.Next(Tokens.Length)]).Append(random.Next(3) == 0 ? " " : "");
        }

        return source.ToString();
    }

    private void Mutate(StringBuilder source, Random random)
    {
        var at = random.Next(source.Length + 1);
        var length = Math.Min(source.Length - at, random.Next(3) == 0 ? random.Next(200) : random.Next(6));
        switch (random.Next(9))
        {
            case 0:
                source.Length = at;
                break;
            case 1:
                source.Remove(at, length);
                break;
            case 2:
                source.Insert(random.Next(source.Length + 1), source.ToString(at, length));
                break;
            case 3:
                source.Remove(at, length).Insert(at, Tokens[random.Next(Tokens.Length)]);
                break;
            case 4 when at < source.Length:
                source[at] = (char)(random.Next(8) == 0 ? random.Next(0x10000) : random.Next(128));
                break;
            case 5:
                var other = corpus[random.Next(corpus.Count)];
                var from = random.Next(other.Length + 1);
                source.Insert(at, other.AsSpan(from, Math.Min(other.Length - from, random.Next(100))));
                break;
            case 6:
                source.Insert(at, Repeat(Tokens[random.Next(Tokens.Length)], random.Next(8) == 0 ? 3_000 : random.Next(4)));
                break;
            default:
                source.Insert(at, Tokens[random.Next(Tokens.Length)]);
                break;
        }
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}
