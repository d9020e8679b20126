using System.Text.Json;
using McpWorkflows.Agents.Schemas;

namespace McpWorkflows.Agents.Tests.Schemas;

/// <summary>
/// The public JSON-Schema-Test-Suite (2020-12; of draft 4 what is still the same), where <c>MCPWORKFLOWS_SCHEMA_SUITE</c> names a folder that holds its <c>tests</c>
/// (and, for references to other documents, <c>remotes</c>).
/// </summary>
public sealed class SchemaSuiteTests
{
    private const string Variable = "MCPWORKFLOWS_SCHEMA_SUITE";

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };

    /// <summary>What is not done, and why: file, or file and case.</summary>
    private static readonly Dictionary<string, string> NotDone = new(StringComparer.Ordinal)
    {
        ["draft2020-12/vocabulary.json/schema that uses custom metaschema with with no validation vocabulary"] = "metaschemas of one's own are not honoured",
        ["draft2020-12/vocabulary.json/schema that uses custom metaschema with no validation vocabulary"] = "metaschemas of one's own are not honoured",
        ["draft2020-12/defs.json/validate definition against metaschema"] = "the metaschema is a remote document; nothing is fetched",
        ["draft2020-12/ref.json/remote ref, containing refs itself"] = "the metaschema is a remote document; nothing is fetched",
        ["draft4/definitions.json/invalid definition"] = "the metaschema is a remote document; nothing is fetched",
        ["draft4/ref.json/remote ref, containing refs itself"] = "the metaschema is a remote document; nothing is fetched",
        ["draft4/refRemote.json/change resolution scope"] = "draft 4 called $id id",
        ["draft4/maximum.json/exclusiveMaximum validation"] = "a boolean in draft 4, a number since draft 6",
        ["draft4/minimum.json/exclusiveMinimum validation"] = "a boolean in draft 4, a number since draft 6",
    };

    [Theory]
    [InlineData("draft2020-12", 1_000)]
    [InlineData("draft4", 100)]
    public void Draft_RequiredTests_PassOrAreListed(string draft, int least)
    {
        var suite = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(suite), $"{Variable} names no JSON-Schema-Test-Suite.");
        var folder = Path.Combine(suite!, "tests", draft);
        Assert.SkipUnless(Directory.Exists(folder), $"The suite at {Variable} has no tests for {draft}.");
        var remotes = Remotes(Path.Combine(suite!, "remotes"));
        var counts = new Counts();
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            Run(file, remotes, counts);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{counts.Passed} passed, {counts.Listed} not done, {counts.Failed.Count} failed");
        Assert.True(counts.Failed.Count == 0, string.Join("\n", counts.Failed));
        Assert.True(counts.Passed > least, $"Only {counts.Passed} tests were found.");
    }

    private static void Run(string file, Dictionary<Uri, JsonElement> remotes, Counts counts)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file), Deep);
        foreach (var group in document.RootElement.EnumerateArray())
        {
            var name = $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}/{group.GetProperty("description").GetString()}";
            var validator = new JsonSchemaValidator(group.GetProperty("schema"), remotes);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var isValid = validator.Validate(test.GetProperty("data")).Count == 0;
                if (isValid == test.GetProperty("valid").GetBoolean())
                {
                    counts.Passed++;
                }
                else if (NotDone.ContainsKey(name))
                {
                    counts.Listed++;
                }
                else
                {
                    counts.Failed.Add($"{name}: {test.GetProperty("description").GetString()}");
                }
            }
        }
    }

    private static Dictionary<Uri, JsonElement> Remotes(string folder) => Directory.Exists(folder)
        ? Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).ToDictionary(
            file => new Uri($"http://localhost:1234/{Path.GetRelativePath(folder, file).Replace('\\', '/')}"),
            file => JsonElement.Parse(File.ReadAllText(file)))
        : [];

    private sealed class Counts
    {
        public int Passed { get; set; }

        public int Listed { get; set; }

        public List<string> Failed { get; } = [];
    }
}
