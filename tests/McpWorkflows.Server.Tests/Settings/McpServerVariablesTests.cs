using McpWorkflows.Server.Settings;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Settings;

public sealed class McpServerVariablesTests
{
    [Fact]
    public void Headers_OfAServerAtAnAddress_TakeVariables_AndWarnOfThoseThatAreNotSet()
    {
        using var folder = new TempFolder();
        Environment.SetEnvironmentVariable("MCPWORKFLOWS_TEST_TOKEN", "t0ken");
        var home = Path.Combine(folder.Path, "home");
        folder.Write("home/.mcpworkflows/settings.json", """
            { "mcpServers": { "web": { "url": "https://a.example/mcp", "headers": { "Authorization": "Bearer ${MCPWORKFLOWS_TEST_TOKEN}", "X-Team": "${MCPWORKFLOWS_TEST_UNSET}" } } } }
            """);

        var settings = SettingsReader.Read(home, folder.Path);

        Assert.Equal(("Bearer t0ken", ""), (settings.McpServers["web"].Headers["Authorization"], settings.McpServers["web"].Headers["X-Team"]));
        Assert.Contains("names the environment variable MCPWORKFLOWS_TEST_UNSET, which is not set", Assert.Single(settings.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", settings.Warnings[0], StringComparison.Ordinal);
    }
}
