using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Tests.Bundled;

public sealed class BundledWorkflowsTests
{
    private static readonly string Elsewhere = Path.Combine(Path.GetTempPath(), "mcpworkflows-no-such-folder");

    public static TheoryData<string> Names => [.. BundledWorkflows.All.Select(workflow => workflow.Name)];

    [Fact]
    public void All_AreTheFourByName() => Assert.Equal(["code-review", "deep-research", "migrate", "plan"], BundledWorkflows.All.Select(workflow => workflow.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Bundled_Validated_HasNoWarningAndSaysWhenToUseIt(string name)
    {
        var script = WorkflowScript.Parse(BundledWorkflows.All.Single(workflow => workflow.Name == name).Script, $"{name}.js");

        Assert.Empty(script.Warnings);
        Assert.Equal(name, script.Meta.Name);
        Assert.NotNull(script.Meta.WhenToUse);
    }

    [Fact]
    public void Catalog_UserSavesTheSameName_UserWins()
    {
        var home = Directory.CreateTempSubdirectory("mcpworkflows-bundled-");
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(home.FullName, ".mcpworkflows", "workflows"));
            File.WriteAllText(Path.Combine(folder.FullName, "plan.js"), "export const meta = { name: 'plan', description: 'mine' }");
            var catalog = new FileWorkflowCatalog(home.FullName, BundledWorkflows.All);

            Assert.Equal("user", catalog.Find(Elsewhere, "plan")!.Origin);
            Assert.Equal("bundled", catalog.Find(Elsewhere, "migrate")!.Origin);
            Assert.Equal(4, catalog.List(Elsewhere).Count);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
