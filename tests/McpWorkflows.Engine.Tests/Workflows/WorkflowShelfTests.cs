using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Tests.Workflows;

public sealed class WorkflowShelfTests : IDisposable
{
    private const string Script = "// a comment: name: 'old'\nexport const meta = { name: 'old', description: \"d\", phases: [{ title: 'name' }] }\nreturn 'old'\n";

    private readonly string _root = Directory.CreateTempSubdirectory("shelf").FullName;

    public WorkflowShelfTests()
    {
        Directory.CreateDirectory(Workspace);
        Directory.CreateDirectory(Home);
    }

    private string Home => Path.Combine(_root, "home");

    private string Workspace => Path.Combine(_root, "work");

    private FileWorkflowCatalog Catalog => new(Home, BundledWorkflows.All);

    private WorkflowShelf Shelf => new(Catalog, Home);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Save_ForTheProject_ChangesTheNameInMetaAndNothingElse()
    {
        var kept = Shelf.Save(Request("new-name"));

        var path = Path.Combine(Workspace, ".mcpworkflows", "workflows", "new-name.js");
        Assert.Equal(path, kept.Workflow.Path);
        Assert.Equal(Script.Replace("{ name: 'old'", "{ name: 'new-name'", StringComparison.Ordinal), File.ReadAllText(path));
        Assert.Equal(("new-name", "project"), (Catalog.Find(Workspace, "new-name")!.Name, Catalog.Find(Workspace, "new-name")!.Origin));
        Assert.Equal([path], Directory.EnumerateFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Save_ForTheUser_IsFoundInEveryProject()
    {
        Shelf.Save(Request("mine") with { ForUser = true });

        Assert.Equal("user", Catalog.Find(_root, "mine")!.Origin);
        Assert.False(Directory.Exists(Path.Combine(Workspace, ".mcpworkflows")));
    }

    [Theory]
    [InlineData("export const meta = { 'name': \"old\", description: `d` }", "export const meta = { 'name': \"fresh\", description: `it's \"so\" \\${x}\\`` }")]
    [InlineData("\uFEFFexport const meta = { name: `old`, description: 'd' }", "\uFEFFexport const meta = { name: `fresh`, description: 'it\\'s \"so\" ${x}`' }")]
    [InlineData("export const meta = { name: 'a', name: 'old', description: 'd' }", "export const meta = { name: 'a', name: 'fresh', description: 'it\\'s \"so\" ${x}`' }")]
    public void Save_OtherQuotesMarksAndKeysTwice_AreKept(string script, string expected)
    {
        var kept = Shelf.Save(Request("fresh") with { Script = script, Description = "it's \"so\" ${x}`" });

        Assert.Equal(expected, kept.Workflow.Script);
        Assert.Equal("it's \"so\" ${x}`", WorkflowScript.Parse(kept.Workflow.Script, "f.js").Meta.Description);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("a\0b")]
    [InlineData("con")]
    [InlineData("NUL.x")]
    [InlineData("dot.")]
    [InlineData("file.js")]
    [InlineData("author-workflow")]
    [InlineData("übung")]
    public void Save_NameThatIsNoSafeFileName_IsRefusedAndNothingWritten(string name)
    {
        Assert.Throws<WorkflowNotSavedException>(() => Shelf.Save(Request(name)));

        Assert.Empty(Directory.EnumerateFileSystemEntries(Workspace));
    }

    [Fact]
    public void Save_NameTaken_IsRefusedUnlessToOverwrite()
    {
        Shelf.Save(Request("x"));
        var other = Request("x") with { Script = Script + "// second\n" };

        var refusal = Assert.Throws<WorkflowNotSavedException>(() => Shelf.Save(other));
        var kept = Shelf.Save(other with { Overwrite = true });

        Assert.Contains("--force", refusal.Message, StringComparison.Ordinal);
        Assert.True(kept.Replaced);
        Assert.EndsWith("// second\n", File.ReadAllText(kept.Workflow.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_NameTakenByAnotherFile_IsRefusedEvenToOverwrite()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Workspace, ".mcpworkflows", "workflows"));
        File.WriteAllText(Path.Combine(folder.FullName, "a.js"), Script.Replace("'old'", "'x'", StringComparison.Ordinal));

        var refusal = Assert.Throws<WorkflowNotSavedException>(() => Shelf.Save(Request("x") with { Overwrite = true }));

        Assert.Contains("a.js", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_HiddenByANearerOne_SaysSo()
    {
        Shelf.Save(Request("x"));

        Assert.Equal("project", Shelf.Save(Request("x") with { ForUser = true }).HiddenBy!.Origin);
        Assert.Null(Shelf.Save(Request("plan")).HiddenBy);
    }

    [Fact]
    public void Save_ProjectFolderIsALinkElsewhere_IsRefused()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_root, "elsewhere")).FullName;
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(Workspace, ".mcpworkflows"), elsewhere);
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            Assert.Skip("Links need a right on Windows.");
        }

        Assert.Throws<WorkflowNotSavedException>(() => Shelf.Save(Request("x")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Fact]
    public void Save_ScriptThatCannotRun_IsRefused() =>
        Assert.Throws<ScriptRefusedException>(() => Shelf.Save(Request("x") with { Script = "const a = ;" }));

    private SaveWorkflow Request(string name) => new() { Script = Script, Name = name, Workspace = Workspace };
}
