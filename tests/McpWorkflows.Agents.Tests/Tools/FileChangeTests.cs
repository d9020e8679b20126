using System.Text;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Agents.Tests.Tools;

public sealed class FileChangeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private WriteFileTool Writer => new(new Workspace(_folder.Path));

    private EditFileTool Editor => new(new Workspace(_folder.Path));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteFile_NewAndOld_CreatesFoldersAndReplaces()
    {
        Assert.Equal("Created a/b/x.txt (2 lines).", await Writer.CallAsync(new { path = "a/b/x.txt", content = "one\ntwo\n" }));
        Assert.Equal("Replaced a/b/x.txt (1 lines).", await Writer.CallAsync(new { path = "./a/../a/b/x.txt", content = "three" }));

        Assert.Equal("three", File.ReadAllText(_folder.At("a/b/x.txt")));
        Assert.Equal(["x.txt"], Directory.GetFiles(_folder.At("a/b")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../secret.txt", "outside")]
    [InlineData("/tmp/mcpworkflows-never.txt", "outside")]
    [InlineData("up/secret.txt", "outside")]
    [InlineData("link-out", "outside")]
    [InlineData("dangling", "leads nowhere")]
    [InlineData("new/../../x", "outside")]
    [InlineData(".git/hooks/pre-commit", "protected")]
    [InlineData("sub/.git", "protected")]
    [InlineData(".mcpworkflows/settings.json", "protected")]
    [InlineData("git-link/config", "protected")]
    [InlineData("folder", "is a folder")]
    public async Task WriteFile_WhereItMustNot_IsRefusedAndNothingChanges(string path, string why)
    {
        _folder.Write("../secret.txt", "SECRET");
        _folder.Write(".git/config", "mine");
        Directory.CreateDirectory(_folder.At("folder"));
        Directory.CreateSymbolicLink(_folder.At("up"), _folder.At(".."));
        Directory.CreateSymbolicLink(_folder.At("git-link"), ".git");
        File.CreateSymbolicLink(_folder.At("link-out"), _folder.At("../secret.txt"));
        File.CreateSymbolicLink(_folder.At("dangling"), _folder.At("../not-there"));

        var refusal = await Writer.RefusalAsync(new { path, content = "x" });

        Assert.Contains(why, refusal, StringComparison.Ordinal);
        Assert.Equal("SECRET", File.ReadAllText(_folder.At("../secret.txt")));
        Assert.Equal("mine", File.ReadAllText(_folder.At(".git/config")));
        Assert.False(File.Exists(_folder.At("../not-there")));
    }

    [Fact]
    public async Task WriteFile_FolderSwappedForALinkAfterTheCheck_WritesNothingOutside()
    {
        Directory.CreateDirectory(_folder.At("../elsewhere"));
        var workspace = new Workspace(_folder.Path);
        var path = workspace.ResolveForWriting("a/x.txt");
        Directory.CreateSymbolicLink(_folder.At("a"), _folder.At("../elsewhere"));

        await Assert.ThrowsAsync<ToolException>(() => WorkspaceWriter.WriteAsync(
            workspace, path, "a/x.txt", "x", new UTF8Encoding(false), TestContext.Current.CancellationToken));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("../elsewhere")));
    }

    [Fact]
    public async Task WriteFile_ThroughALinkInside_ChangesItsTargetAndKeepsRights()
    {
        var path = _folder.Write("real/run.sh", "old");
        File.CreateSymbolicLink(_folder.At("link"), "real/run.sh");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await Writer.CallAsync(new { path = "link", content = "new" });

        Assert.Equal("new", File.ReadAllText(path));
        Assert.NotNull(new FileInfo(_folder.At("link")).LinkTarget);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task EditFile_OneOccurrence_ReplacesItAlone()
    {
        var path = _folder.Write("x.txt", "one\ntwo\nthree\n");

        Assert.Equal("Replaced 1 occurrence in x.txt, at line 2.", await Editor.CallAsync(new { path = "x.txt", old_text = "two", new_text = "2" }));
        Assert.Equal("one\n2\nthree\n", File.ReadAllText(path));
    }

    [Fact]
    public async Task EditFile_SeveralOccurrences_NeedReplaceAll()
    {
        var path = _folder.Write("x.txt", "a\nb\na\n");

        Assert.Contains("occurs 2 times in x.txt (lines 1, 3)", await Editor.RefusalAsync(new { path = "x.txt", old_text = "a", new_text = "c" }), StringComparison.Ordinal);
        Assert.Equal("Replaced 2 occurrences in x.txt.", await Editor.CallAsync(new { path = "x.txt", old_text = "a", new_text = "c", replace_all = true }));
        Assert.Equal("c\nb\nc\n", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("if (x)  {\n    go();", "The same text with other white space stands at line 2:\n\tif (x) {\n\t\tgo();")]
    [InlineData("if (y) {", "The nearest text stands at line 2:\n\tif (x) {")]
    [InlineData("qqqqqqqqqqqqqqqq", "Nothing in the file resembles it.")]
    public async Task EditFile_NoOccurrence_ShowsWhatIsNear(string old, string near)
    {
        _folder.Write("x.c", "begin\n\tif (x) {\n\t\tgo();\n\t}\n");

        var refusal = await Editor.RefusalAsync(new { path = "x.c", old_text = old, new_text = "" });

        Assert.Contains($"'old_text' does not occur in x.c. {near}", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EditFile_KeepsLineEndsMarkAndEncoding()
    {
        File.WriteAllText(_folder.At("dos.txt"), "one\r\ntwo\r\nthree\r\n", new UTF8Encoding(true));
        File.WriteAllText(_folder.At("wide.txt"), "wïde", Encoding.Unicode);
        File.WriteAllBytes(_folder.At("latin.txt"), [0x61, 0xE4, 0x62]);

        await Editor.CallAsync(new { path = "dos.txt", old_text = "one\ntwo", new_text = "1\n2" });
        await Editor.CallAsync(new { path = "wide.txt", old_text = "ï", new_text = "i" });

        Assert.Equal([0xEF, 0xBB, 0xBF, .. "1\r\n2\r\nthree\r\n"u8], File.ReadAllBytes(_folder.At("dos.txt")));
        Assert.Equal([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("wide")], File.ReadAllBytes(_folder.At("wide.txt")));
        Assert.Contains("not UTF-8", await Editor.RefusalAsync(new { path = "latin.txt", old_text = "a", new_text = "b" }), StringComparison.Ordinal);
        Assert.Contains("does not exist", await Editor.RefusalAsync(new { path = "no.txt", old_text = "a", new_text = "b" }), StringComparison.Ordinal);
    }
}
