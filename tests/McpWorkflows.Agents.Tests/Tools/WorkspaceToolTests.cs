using System.Text;
using System.Text.Json;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Agents.Tests.Tools;

public sealed class WorkspaceToolTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("a/../../secret.txt")]
    [InlineData("/etc/hostname")]
    [InlineData("link-out")]
    [InlineData("link-to-link")]
    [InlineData("folder-out/secret.txt")]
    [InlineData("a/up/secret.txt")]
    public async Task ReadFile_Outside_IsRefusedWithoutAWordOfTheContent(string path)
    {
        _folder.Write("../secret.txt", "SECRET");
        _folder.Write("a/x.txt", "x");
        File.CreateSymbolicLink(_folder.At("link-out"), _folder.At("../secret.txt"));
        File.CreateSymbolicLink(_folder.At("link-to-link"), "link-out");
        File.CreateSymbolicLink(_folder.At("folder-out"), _folder.At(".."));
        File.CreateSymbolicLink(_folder.At("a/up"), "../..");

        var refusal = await Assert.ThrowsAsync<ToolException>(() => ReadAsync(new { path }));

        Assert.Contains("outside the workspace", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_OnAWorkspaceBesideOneWithTheSamePrefix_StayInTheirs()
    {
        _folder.Write("../workspace-other/x.txt", "SECRET");

        await Assert.ThrowsAsync<ToolException>(() => ReadAsync(new { path = "../workspace-other/x.txt" }));
    }

    [Fact]
    public async Task ReadFile_ThroughLinksInside_AndByAbsolutePath_Works()
    {
        var path = _folder.Write("a/x.txt", "inside");
        File.CreateSymbolicLink(_folder.At("link"), "a/x.txt");

        Assert.Equal("1\tinside\n", await ReadAsync(new { path = "link" }));
        Assert.Equal("1\tinside\n", await ReadAsync(new { path }));
        Assert.Equal("1\tinside\n", await ReadAsync(new { path = "./a/../a/x.txt" }));
    }

    [Fact]
    public async Task Workspace_ThatIsItselfALink_Works()
    {
        _folder.Write("x.txt", "inside");
        Directory.CreateSymbolicLink(_folder.At("../alias"), _folder.Path);
        var tool = new ReadFileTool(new Workspace(_folder.At("../alias")), 50_000, TimeProvider.System, TimeSpan.FromSeconds(20));

        Assert.Equal("1\tinside\n", await InvokeAsync(tool, new { path = "x.txt" }));
        Assert.Equal("1\tinside\n", await InvokeAsync(tool, new { path = _folder.At("../alias/x.txt") }));
    }

    [Fact]
    public async Task LinkCircle_IsNotThere()
    {
        File.CreateSymbolicLink(_folder.At("a"), "b");
        File.CreateSymbolicLink(_folder.At("b"), "a");

        Assert.Contains("does not exist", (await Assert.ThrowsAsync<ToolException>(() => ReadAsync(new { path = "a" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenedFile_SwappedForALinkAfterTheCheck_IsRefusedOnLinux()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The opened file's place can be asked for on Linux.");
        _folder.Write("../secret.txt", "SECRET");
        var path = _folder.Write("x.txt", "inside");
        var workspace = new Workspace(_folder.Path);
        var real = workspace.Resolve("x.txt");
        File.Delete(path);
        File.CreateSymbolicLink(path, _folder.At("../secret.txt"));

        await Task.Yield();
        Assert.Contains("outside", Assert.Throws<ToolException>(() => workspace.Open(real, "x.txt")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadFile_Long_ComesInPagesThatFitTogether()
    {
        _folder.Write("long.txt", string.Concat(Enumerable.Range(1, 300).Select(number => $"line {number}\r\n")));
        var tool = new ReadFileTool(new Workspace(_folder.Path), 1_000, TimeProvider.System, TimeSpan.FromSeconds(20));
        var lines = new List<string>();
        for (var offset = 1; offset > 0;)
        {
            var page = await InvokeAsync(tool, new { path = "long.txt", offset });
            Assert.InRange(page.Length, 1, 1_200);
            lines.AddRange(page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '['));
            var note = page.IndexOf("with offset ", StringComparison.Ordinal);
            offset = note < 0 ? 0 : int.Parse(page[(note + 12)..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.Equal(Enumerable.Range(1, 300).Select(number => $"{number}\tline {number}"), lines);
    }

    [Fact]
    public async Task ReadFile_Kinds_AreToldApart()
    {
        _folder.Write("empty", "");
        File.WriteAllBytes(_folder.At("binary"), [0x7f, 0x45, 0x00, 0x01]);
        File.WriteAllText(_folder.At("utf16"), "wide", Encoding.Unicode);
        _folder.Write("huge-line", new string('x', 100_000));
        Directory.CreateDirectory(_folder.At("dir"));

        Assert.Equal("['empty' is empty.]", await ReadAsync(new { path = "empty" }));
        Assert.Contains("binary", (await Assert.ThrowsAsync<ToolException>(() => ReadAsync(new { path = "binary" }))).Message, StringComparison.Ordinal);
        Assert.Contains("list_files", (await Assert.ThrowsAsync<ToolException>(() => ReadAsync(new { path = "dir" }))).Message, StringComparison.Ordinal);
        Assert.Equal("1\twide\n", await ReadAsync(new { path = "utf16" }));
        Assert.EndsWith("[line cut at 2000 characters]\n", await ReadAsync(new { path = "huge-line" }), StringComparison.Ordinal);
        Assert.Equal("['huge-line' has 1 lines; offset 9 is past its end.]", await ReadAsync(new { path = "huge-line", offset = "9" }));
    }

    [Fact]
    public async Task Tools_OnWhatIsNoOrdinaryFile_NeverHang()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes in folders are Unix's.");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [_folder.At("pipe")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        File.CreateSymbolicLink(_folder.At("device"), "/dev/zero");
        _folder.Write("text", "needle");
        var workspace = new Workspace(_folder.Path);

        Assert.Equal("['pipe' is empty.]", await Within(ReadAsync(new { path = "pipe" })));
        Assert.Contains("outside the workspace", await Within(new ReadFileTool(workspace, 50_000, TimeProvider.System, TimeSpan.FromSeconds(20)).RefusalAsync(new { path = "device" })), StringComparison.Ordinal);
        Assert.Equal("text:1: needle\n", await Within(new SearchTextTool(workspace, TimeProvider.System, TimeSpan.FromSeconds(20)).CallAsync(new { pattern = "needle" })));
        Assert.Contains("does not occur", await Within(new EditFileTool(workspace).RefusalAsync(new { path = "pipe", old_text = "a", new_text = "b" })), StringComparison.Ordinal);

        Task<string> Within(Task<string> answer) => answer.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Tools_OnALineWithoutEnd_StopInTime()
    {
        await using (var sparse = File.Create(_folder.At("endless")))
        {
            await sparse.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 9_000)), TestContext.Current.CancellationToken);
            sparse.SetLength(1L << 40);
        }

        var workspace = new Workspace(_folder.Path);
        var time = TimeSpan.FromMilliseconds(300);

        Assert.Contains("too large to be read", await new ReadFileTool(workspace, 50_000, TimeProvider.System, time).RefusalAsync(new { path = "endless" }), StringComparison.Ordinal);
        Assert.Contains("The search stopped after 0.3 s, at endless", await new SearchTextTool(workspace, TimeProvider.System, time).CallAsync(new { pattern = "y" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.cs", "a.cs,src/b.cs,src/deep/c.cs")]
    [InlineData("**/*.cs", "a.cs,src/b.cs,src/deep/c.cs")]
    [InlineData("src/*.cs", "src/b.cs")]
    [InlineData("src/**", "src/b.cs,src/d.ts,src/deep/c.cs")]
    [InlineData("src/", "src/b.cs,src/d.ts,src/deep/c.cs")]
    [InlineData("**/*.{ts,md}", "README.md,src/d.ts")]
    [InlineData("**/[bc].cs", "src/b.cs,src/deep/c.cs")]
    [InlineData("?.cs", "a.cs,src/b.cs,src/deep/c.cs")]
    [InlineData("./a.cs", "a.cs")]
    [InlineData("nothing", "")]
    public async Task ListFiles_ByGlob_GivesWhatMatchesAndIgnoresTheUsual(string pattern, string expected)
    {
        foreach (var name in (string[])["a.cs", "README.md", "src/b.cs", "src/d.ts", "src/deep/c.cs", ".git/x.cs", "node_modules/y.cs", "src/bin/z.cs", "src/obj/z.cs"])
        {
            _folder.Write(name, "x");
        }

        var listed = await InvokeAsync(new ListFilesTool(new Workspace(_folder.Path)), new { pattern });

        Assert.Equal(expected, string.Join(',', listed.Split('\n').Where(line => line.Length > 0 && line[0] != '[').Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task ListFiles_DoesNotFollowLinksOut_AndPages()
    {
        _folder.Write("../secret.txt", "SECRET");
        File.CreateSymbolicLink(_folder.At("out"), _folder.At("../secret.txt"));
        Directory.CreateSymbolicLink(_folder.At("up"), _folder.At(".."));
        foreach (var number in Enumerable.Range(1, 5))
        {
            _folder.Write($"f{number}", "x");
        }

        var tool = new ListFilesTool(new Workspace(_folder.Path));
        Assert.Equal("f1\nf2\n[More files follow. Call list_files with offset 3 for the next page.]", await InvokeAsync(tool, new { limit = 2 }));
        Assert.Equal("f3\nf4\nf5\n", await InvokeAsync(tool, new { limit = 3, offset = 3 }));
    }

    [Fact]
    public async Task ListFiles_FromAFolder_MatchesRelativeToIt()
    {
        _folder.Write("src/a/x.cs", "x");
        _folder.Write("node_modules/lib/y.cs", "x");

        var tool = new ListFilesTool(new Workspace(_folder.Path));
        Assert.Equal("src/a/x.cs\n", await InvokeAsync(tool, new { path = "src", pattern = "a/*.cs" }));
        Assert.Equal("node_modules/lib/y.cs\n", await InvokeAsync(tool, new { path = "node_modules" }));
        Assert.Contains("node_modules/lib/y.cs", await InvokeAsync(tool, new { include_ignored = true }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SearchText_FindsLines_PagesAndSkipsBinaryAndOutside()
    {
        _folder.Write("../secret.txt", "needle");
        Directory.CreateSymbolicLink(_folder.At("up"), _folder.At(".."));
        _folder.Write("a.txt", "hay\nNeedle\nneedle 1\n");
        _folder.Write("b.md", "needle 2");
        File.WriteAllBytes(_folder.At("bin.dat"), [0, .. "needle"u8]);
        var tool = SearchTool();

        Assert.Equal("a.txt:3: needle 1\nb.md:1: needle 2\n", await InvokeAsync(tool, new { pattern = @"needle \d" }));
        Assert.Equal("a.txt:2: Needle\na.txt:3: needle 1\n", await InvokeAsync(tool, new { pattern = "needle", ignore_case = true, glob = "*.txt" }));
        Assert.Equal("a.txt:3: needle 1\n[More matches follow. Call search_text with offset 2 for the next page.]", await InvokeAsync(tool, new { pattern = "needle", limit = 1 }));
        Assert.Equal("b.md:1: needle 2\n", await InvokeAsync(tool, new { pattern = "needle", limit = 1, offset = 2 }));
        Assert.Equal("a.txt:3: needle 1\n", await InvokeAsync(tool, new { pattern = "(?<=n)eedle 1", path = "a.txt" }));
        Assert.Equal("[No matches.]", await InvokeAsync(tool, new { pattern = "nowhere" }));
    }

    [Fact]
    public async Task SearchText_CatastrophicOrBrokenPattern_IsAnswered()
    {
        _folder.Write("a.txt", new string('a', 5_000) + "!");
        var tool = SearchTool();

        Assert.Equal("[No matches.]", await InvokeAsync(tool, new { pattern = "^(a+)+$" }));
        Assert.Contains("takes too long", await InvokeAsync(tool, new { pattern = @"^(a+)+\1$" }), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolException>(() => InvokeAsync(tool, new { pattern = "(" }));
    }

    [Fact]
    public async Task SearchText_OverItsTime_StopsAndSaysWhere()
    {
        _folder.Write("a.txt", string.Concat(Enumerable.Repeat("needle\n", 1_000)));
        _folder.Write("b.txt", "needle");
        var tool = new SearchTextTool(new Workspace(_folder.Path), TimeProvider.System, TimeSpan.FromTicks(1));

        Assert.EndsWith("at a.txt. Narrow it with path or glob.]", await InvokeAsync(tool, new { pattern = "needle", limit = 1 }), StringComparison.Ordinal);
    }

    private SearchTextTool SearchTool() => new(new Workspace(_folder.Path), TimeProvider.System, TimeSpan.FromSeconds(20));

    private Task<string> ReadAsync(object arguments) => InvokeAsync(new ReadFileTool(new Workspace(_folder.Path), 50_000, TimeProvider.System, TimeSpan.FromSeconds(20)), arguments);

    private static Task<string> InvokeAsync(AgentTool tool, object arguments) => tool.InvokeAsync(
        new ToolArguments(JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value)),
        TestContext.Current.CancellationToken);
}
