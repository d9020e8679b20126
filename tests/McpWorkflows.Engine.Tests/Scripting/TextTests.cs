using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using McpWorkflows.Engine.Scripting.Texts;

namespace McpWorkflows.Engine.Tests.Scripting;

/// <summary><c>normalize</c> and <c>localeCompare</c>, for which .NET has nothing without ICU.</summary>
public sealed class TextTests
{
    private static readonly string[] Forms = ["NFC", "NFD", "NFKC", "NFKD"];

    [Theory]
    [InlineData("return 'Crème Brûlée'.normalize('NFD').replace(/[\\u0300-\\u036f]/g, '');", "\"Creme Brulee\"")]
    [InlineData("return ['é'.normalize('NFD').length, 'e\\u0301'.normalize().length, '한국'.normalize('NFD').length];", "[2,1,6]")]
    [InlineData("return 'ﬁ①Ａ'.normalize('NFKC');", "\"fi1A\"")]
    [InlineData("return 'q\\u0307\\u0323'.normalize('NFC') === 'q\\u0323\\u0307';", "true")]
    [InlineData("return '\\ud800é'.normalize('NFD').length;", "3")]
    [InlineData("try { 'x'.normalize('NFX') } catch (e) { return [e.name, e.message] }", "[\"RangeError\",\"The normalization form should be one of NFC, NFD, NFKC, NFKD.\"]")]
    [InlineData("return [''.normalize.length, ''.normalize.name, ''.localeCompare.length];", "[0,\"normalize\",1]")]
    public async Task Normalize_GivesTheStandardsForms(string body, string json) =>
        Assert.Equal(json, await ScriptDriver.ResultAsync(body));

    [Theory]
    [InlineData("return ['b','A','a','B','é','z','Z','e','10','9','_x','-x'].sort((x, y) => x.localeCompare(y));", "[\"_x\",\"-x\",\"10\",\"9\",\"a\",\"A\",\"b\",\"B\",\"e\",\"é\",\"z\",\"Z\"]")]
    [InlineData("return ['file10', 'file9', 'file1'].sort((x, y) => x.localeCompare(y, undefined, { numeric: true }));", "[\"file1\",\"file9\",\"file10\"]")]
    [InlineData("const by = sensitivity => ['a', 'A', 'á', 'b'].map(x => 'a'.localeCompare(x, 'en', { sensitivity })); return [by('base'), by('accent'), by('case'), by('variant')];", "[[0,0,0,-1],[0,0,-1,-1],[0,-1,0,-1],[0,-1,-1,-1]]")]
    [InlineData("return ['a'.localeCompare('A', 'en', { caseFirst: 'upper' }), 'a'.localeCompare('a'), 'a'.localeCompare()];", "[1,0,-1]")]
    [InlineData("return 'e\\u0301'.localeCompare('é');", "0")]
    [InlineData("return 'co-op'.localeCompare('coop', 'en', { ignorePunctuation: true });", "0")]
    [InlineData("try { 'a'.localeCompare('b', 'en', { sensitivity: 'x' }) } catch (e) { return e.name }", "\"RangeError\"")]
    public async Task LocaleCompare_IsAlphabetical(string body, string json) =>
        Assert.Equal(json, await ScriptDriver.ResultAsync(body));

    [Fact]
    public void Normalize_HalfAMillionMarksInTheWrongOrder_TakesNoSquareOfTime()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 250_000));
        var started = Stopwatch.GetTimestamp();

        Assert.Equal(text.Length - 1, UnicodeForm.Normalize(text, "NFC").Length);

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Normalize_OfEveryCharacterAndOfRandomTexts_GivesWhatNodeGives()
    {
        var texts = Texts();
        var mine = Forms.Select(form => Digest(texts.Select(text => UnicodeForm.Normalize(text, form))));

        Assert.Equal(mine, (await NodeAsync(texts, """
            for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) print(digest(texts.map(text => text.normalize(form))))
            """)));
    }

    [Fact]
    public async Task LocaleCompare_OfWordsAsPeopleWriteThem_GivesWhatNodeGives()
    {
        var random = new Random(7);
        const string Letters = "aabbccdeefgAABCDEFGéèüöäßøæñçåÅÉzZ0123456789 _-.,/'()#@αβΑБбя";
        var texts = Enumerable.Range(0, 3_000).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Letters[random.Next(Letters.Length)])])).ToList();
        var options = new TextOrderOptions(Accents: true, Case: true, Numeric: false, UpperFirst: false, IgnoresPunctuation: false);
        var mine = texts.Zip(texts.Skip(1), (left, right) => Math.Sign(TextOrder.Compare(left, right, options))).ToList();

        var nodes = (await NodeAsync(texts, "const order = new Intl.Collator('en'); for (let i = 1; i < texts.length; i++) print(Math.sign(order.compare(texts[i - 1], texts[i])))"))
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();

        var wrong = Enumerable.Range(0, nodes.Count).Where(i => nodes[i] != mine[i]).Select(i => $"{texts[i]} | {texts[i + 1]}: {nodes[i]}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)) + $"\n{wrong.Count} of {nodes.Count}");
    }

    /// <summary>Every character of Unicode 14, each alone and between others, and random texts of those that do most.</summary>
    private static List<string> Texts()
    {
        var random = new Random(14);
        List<string> texts = [.. Enumerable.Range(0, 0x2FA20).Where(IsOfUnicode14).Select(char.ConvertFromUtf32)];
        int[] lively = [.. Enumerable.Range(0xC0, 0x500).Concat(Enumerable.Range(0x1100, 0x200)).Concat(Enumerable.Range(0x900, 0x80)).Concat(Enumerable.Range(0xAC00, 40)).Where(IsOfUnicode14)];
        for (var i = 0; i < 20_000; i++)
        {
            texts.Add(string.Concat(Enumerable.Range(0, random.Next(2, 7)).Select(_ => char.ConvertFromUtf32(lively[random.Next(lively.Length)]))));
        }

        return texts;
    }

    /// <summary>Decided by the table itself and the blocks it knows nothing of: characters that are younger have no line in it.</summary>
    private static bool IsOfUnicode14(int point) =>
        point is not (>= 0xD800 and <= 0xDFFF)
        && (UnicodeTables.Instance.PartsOf(point, compatible: true) is not null || UnicodeTables.Instance.ClassOf(point) != 0 || point < 0x3000);

    private static string Digest(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(string.Join('\n', texts))));

    private static async Task<List<string>> NodeAsync(IReadOnlyList<string> texts, string code)
    {
        const string Start = """
            const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
            const digest = all => require('crypto').createHash('sha256').update(Buffer.from(all.join('\n'), 'utf16le')).digest('hex');
            const lines = []; const print = line => lines.push(String(line));

            """;
        var start = new ProcessStartInfo("node", ["-e", Start + code + "\nprocess.stdout.write(lines.join('\\n'))"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var node = TryStart(start);
        Assert.SkipWhen(node is null, "node is not installed");
        var output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.StandardInput.WriteAsync(System.Text.Json.JsonSerializer.Serialize(texts));
        node.StandardInput.Close();
        return [.. (await output).Split('\n')];
    }

    private static Process? TryStart(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
