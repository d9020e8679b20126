namespace McpWorkflows.Server.Tests;

/// <summary>
/// Texts that users see, pinned by files in <c>Approved</c>. A change shows as a difference to be reviewed; the text as
/// it is now is written next to the test's output, to be copied over the old one when it is meant.
/// </summary>
internal static class Approved
{
    public static void Verify(string name, string text)
    {
        var received = Path.Combine(AppContext.BaseDirectory, "Approved", $"received-{name}");
        var approved = Path.Combine(AppContext.BaseDirectory, "Approved", name);
        Directory.CreateDirectory(Path.GetDirectoryName(received)!);
        File.WriteAllText(received, text);
        Assert.True(File.Exists(approved), $"Nothing is approved yet. Review {received}.");
        Assert.Equal(File.ReadAllText(approved).ReplaceLineEndings("\n"), text.ReplaceLineEndings("\n"));
    }
}
