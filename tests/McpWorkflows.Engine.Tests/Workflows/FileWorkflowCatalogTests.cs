using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Tests.Workflows;

public sealed class FileWorkflowCatalogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("catalog").FullName;

    private string Home => Path.Combine(_root, "home");

    private string Repository => Path.Combine(_root, "repo");

    private string Workspace => Path.Combine(Repository, "a", "b");

    private FileWorkflowCatalog Catalog => new(Home);

    public FileWorkflowCatalogTests()
    {
        Directory.CreateDirectory(Workspace);
        Directory.CreateDirectory(Path.Combine(Repository, ".git"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void List_GoesFromTheWorkspaceToTheRepositoryRootThenHome()
    {
        Save("repo/a/b/.mcpworkflows/workflows/one.js", "one");
        Save("repo/a/.claude/workflows/two.mjs", "two");
        Save("repo/.mcpworkflows/workflows/three.js", "three");
        Save("home/.claude/workflows/four.js", "four");
        Save(".mcpworkflows/workflows/above.js", "above-the-repository");
        Assert.Equal(
            [("one", "project"), ("two", "project"), ("three", "project"), ("four", "user")],
            Catalog.List(Workspace).Select(workflow => (workflow.Name, workflow.Origin)));
    }

    [Fact]
    public void List_TheNearestWins()
    {
        Save("home/.mcpworkflows/workflows/x.js", "same");
        Save("repo/.claude/workflows/x.js", "same");
        var near = Save("repo/.mcpworkflows/workflows/y.js", "same");
        Assert.Equal(near, Assert.Single(Catalog.List(Workspace)).Path);
        Assert.Equal(near, Catalog.Find(Workspace, "same")!.Path);
    }

    [Fact]
    public void List_BrokenAndForeignFiles()
    {
        Write("repo/.mcpworkflows/workflows/broken.js", "export const meta = {");
        Write("repo/.mcpworkflows/workflows/notes.md", "# no workflow");
        Write("repo/.mcpworkflows/workflows/huge.js", new string('x', 3_000_000));
        Directory.CreateDirectory(Path.Combine(Repository, ".mcpworkflows/workflows/folder.js"));
        Assert.Equal(["broken", "huge"], Catalog.List(Workspace).Select(workflow => workflow.Name));
    }

    [Fact]
    public void List_WithoutAnyFolder_IsEmpty() => Assert.Empty(Catalog.List(Workspace));

    [Theory]
    [InlineData("audit-code")]
    [InlineData("audit")]
    [InlineData("audit.js")]
    public void Find_ByMetaNameStemOrFile(string name)
    {
        var path = Save("repo/.mcpworkflows/workflows/audit.js", "audit-code");
        var found = Catalog.Find(Workspace, name);
        Assert.Equal(("audit-code", path, "audit.js"), (found!.Name, found.Path, found.FileName));
    }

    [Fact]
    public void Find_MetaNameGoesBeforeAFilesName()
    {
        Save("repo/a/b/.mcpworkflows/workflows/audit.js", "other");
        var named = Save("home/.mcpworkflows/workflows/z.js", "audit");
        Assert.Equal(named, Catalog.Find(Workspace, "audit")!.Path);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("../../../etc/passwd")]
    [InlineData("")]
    public void Find_Unknown_IsNull(string name) => Assert.Null(Catalog.Find(Workspace, name));

    [Fact]
    public void Read_RelativePath_StartsAtTheProjectRoot()
    {
        var path = Save("repo/flows/x.js", "named");
        var read = Catalog.Read(Workspace, "flows/x.js");
        Assert.Equal(("named", path, "file"), (read.Name, read.Path, read.Origin));
        Assert.Equal(path, Catalog.Read(Workspace, path).Path);
    }

    [Fact]
    public void Read_WithoutRepository_StartsAtTheWorkspace()
    {
        Directory.Delete(Path.Combine(Repository, ".git"));
        var path = Save("repo/a/b/x.js", "named");
        Assert.Equal(path, Catalog.Read(Workspace, "x.js").Path);
    }

    [Fact]
    public void Read_WorktreesGitFile_MarksTheRoot()
    {
        Write("repo/a/.git", "gitdir: elsewhere");
        var path = Save("repo/a/x.js", "named");
        Assert.Equal(path, Catalog.Read(Workspace, "x.js").Path);
    }

    [Theory]
    [InlineData("nope.js", "The workflow file 'nope.js' cannot be used: there is no such file. A relative path starts at the project root. No workflow is saved; save one as .mcpworkflows/workflows/NAME.js.")]
    [InlineData("no/such/folder.js", "The workflow file 'no/such/folder.js' cannot be used: there is no such file. A relative path starts at the project root. No workflow is saved; save one as .mcpworkflows/workflows/NAME.js.")]
    [InlineData("", "The path of the workflow is empty. Give the path of a .js file.")]
    [InlineData("../../etc/passwd", "The file '../../etc/passwd' is no workflow: workflows end in .js or .mjs.")]
    public void Read_Missing_NamesCauseAndRemedy(string path, string message) =>
        Assert.Equal(message, Assert.Throws<WorkflowNotFoundException>(() => Catalog.Read(Workspace, path)).Message);

    [Fact]
    public void ReadForScript_FileOfTheProjectOrSavedByTheUser_IsRead()
    {
        var inProject = Save("repo/flows/x.js", "x");
        var ofUser = Save("home/.claude/workflows/y.js", "y");
        Assert.Equal(inProject, Catalog.ReadForScript(Workspace, "flows/x.js").Path);
        Assert.Equal(ofUser, Catalog.ReadForScript(Workspace, ofUser).Path);
    }

    [Theory]
    [InlineData("../other/secret.js")]
    [InlineData("flows/../../other/secret.js")]
    [InlineData("../repository/secret.js")]
    public void ReadForScript_FileOutsideOfTheProject_IsRefused(string path)
    {
        Save("other/secret.js", "secret");
        Save("repository/secret.js", "secret");
        Assert.Equal("secret", Catalog.Read(Workspace, path).Name);
        var refusal = Assert.Throws<WorkflowNotFoundException>(() => Catalog.ReadForScript(Workspace, path));
        Assert.Contains("outside of the project", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<WorkflowNotFoundException>(() => Catalog.ReadForScript(Workspace, Path.Combine(_root, "other", "secret.js")));
    }

    [Fact]
    public void Read_Folder_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "x.js"));
        Assert.Contains("it is a folder", Assert.Throws<WorkflowNotFoundException>(() => Catalog.Read(Workspace, "x.js")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Misspelt_NamesTheNearest()
    {
        Save("repo/.mcpworkflows/workflows/audit.js", "audit");
        Save("repo/.mcpworkflows/workflows/zoo.js", "zoo");
        Assert.EndsWith("Did you mean 'audit'?", Assert.Throws<WorkflowNotFoundException>(() => Catalog.Read(Workspace, "adit.js")).Message);
        Assert.EndsWith("Saved workflows: audit, zoo.", Assert.Throws<WorkflowNotFoundException>(() => Catalog.Read(Workspace, "something-else.js")).Message);
    }

    private string Save(string path, string name) =>
        Write(path, $"export const meta = {{ name: '{name}', description: 'd' }};\nreturn 1;");

    private string Write(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }
}
