namespace McpWorkflows.Journal.Tests;

public sealed class JournalPathTests
{
    private static readonly string Data = Path.GetFullPath("/data");

    [Theory]
    [InlineData("/x/e.db", "/x/v.db", "/x/e.db")]
    [InlineData(null, "/x/v.db", "/x/v.db")]
    [InlineData("", "/x/v.db", "/x/v.db")]
    [InlineData(null, null, "/data/mcpworkflows/journal.db")]
    [InlineData(null, "", "/data/mcpworkflows/journal.db")]
    public void Resolve_NearestWins(string? given, string? variable, string expected) =>
        Assert.Equal(Path.GetFullPath(expected), JournalPath.Resolve(given, name => name == JournalPath.Variable ? variable : null, _ => Data));

    [Fact]
    public void Resolve_Relative_StartsAtTheWorkingDirectory() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "j.db"), JournalPath.Resolve("j.db"));

    [Theory]
    [InlineData("/srv/data", "/srv/data")]
    [InlineData("relative", null)]
    [InlineData(null, null)]
    public void UserDataFolder_OnLinux_FollowsXdg(string? xdg, string? expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG folders are Linux's.");
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");

        Assert.Equal(expected ?? home, JournalPath.UserDataFolder(name => name == "XDG_DATA_HOME" ? xdg : null));
    }
}
