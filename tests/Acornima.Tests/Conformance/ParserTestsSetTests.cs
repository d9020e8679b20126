namespace Acornima.Tests.Conformance;

/// <summary>The set <c>test262-parser-tests</c>: each file must be accepted or refused as its folder says.</summary>
public sealed class ParserTestsSetTests
{
    private const string EscapedDigits = "since ES2021 Annex B.1.2 allows \\8 and \\9 in sloppy strings";
    private const string LineTerminators = "since ES2019 strings may contain U+2028 and U+2029";
    private const string Fields = "since ES2022 classes have fields";
    private const string ForInInitializer = "Annex B.3.5 allows an initializer in a sloppy for-in";
    private const string CatchVar = "Annex B.3.4 allows var to repeat a catch parameter; its ban for for-of fell in ES2020";
    private const string SameFunctions = "Annex B.3.2.4 allows sloppy functions of one name in a block";

    /// <summary>What the set refuses and the standard has come to allow.</summary>
    private static readonly Dictionary<string, string> OutOfDate = new(StringComparer.Ordinal)
    {
        ["fail/0d5e450f1da8a92a.js"] = EscapedDigits,
        ["fail/748656edbfb2d0bb.js"] = EscapedDigits,
        ["fail/79f882da06f88c9f.js"] = EscapedDigits,
        ["fail/92b6af54adef3624.js"] = EscapedDigits,
        ["fail/647e21f8f157c338.js"] = LineTerminators,
        ["fail/8af69d8f15295ed2.js"] = LineTerminators,
        ["fail/98204d734f8c72b3.js"] = Fields,
        ["fail/ef81b93cf9bdb4ec.js"] = Fields,
        ["fail/e3fbcf63d7e43ead.js"] = ForInInitializer,
        ["early/0f5f47108da5c34e.js"] = CatchVar,
        ["early/12a74c60f52a60de.js"] = SameFunctions,
        ["early/1aff49273f3e3a98.js"] = SameFunctions,
        ["early/be7329119eaa3d47.js"] = SameFunctions,
        ["early/ec31fa5e521c5df4.js"] = SameFunctions,
    };

    [Theory]
    [InlineData("pass", 1981, true)]
    [InlineData("pass-explicit", 1981, true)]
    [InlineData("fail", 731, false)]
    [InlineData("early", 668, false)]
    public void EveryFile_GetsTheVerdictOfItsFolder(string folder, int count, bool isValid)
    {
        var kit = ConformanceKit.Require();
        var files = Directory.GetFiles(Path.Combine(kit.Modules, "test262-parser-tests", folder));

        var wrong = files.Where(file => Accepts(file) != isValid).Select(file => $"{folder}/{Path.GetFileName(file)}").Order(StringComparer.Ordinal);

        Assert.Equal(count, files.Length);
        Assert.Equal(OutOfDate.Keys.Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), wrong);
    }

    private static bool Accepts(string file)
    {
        var text = ConformanceKit.Read(file);
        try
        {
            _ = file.EndsWith(".module.js", StringComparison.Ordinal)
                ? (Acornima.Ast.Program)new Parser().ParseModule(text)
                : new Parser().ParseScript(text);
            return true;
        }
        catch (ParseErrorException)
        {
            return false;
        }
    }
}
