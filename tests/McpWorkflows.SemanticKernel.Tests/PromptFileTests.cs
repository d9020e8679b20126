using McpWorkflows.SemanticKernel.Prompts;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Tests;

public sealed class PromptFileTests
{
    private static readonly string Folder = Path.Combine(Repository(), "prompts");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "agent-*.md").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task AgentPrompt_AsATemplate_RendersWithItsDeclaredVariables(string name)
    {
        var config = PromptFile.LoadAgentPrompt(name);
        var template = new PromptFileTemplateFactory().Create(config);
        var arguments = new KernelArguments(config.InputVariables.ToDictionary(variable => variable.Name, variable => (object?)$"<{variable.Name} with {{{{braces}}}}>"));

        var text = await template.RenderAsync(new Kernel(), arguments, TestContext.Current.CancellationToken);

        var file = await File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.md"), TestContext.Current.CancellationToken);
        var expected = file[(file.IndexOf("-->", StringComparison.Ordinal) + 3)..].Trim();
        foreach (var variable in config.InputVariables)
        {
            Assert.Contains($"{{{{{variable.Name}}}}}", config.Description, StringComparison.Ordinal);
            expected = expected.Replace($"{{{{{variable.Name}}}}}", $"<{variable.Name} with {{{{braces}}}}>", StringComparison.Ordinal);
        }

        Assert.Equal(expected, text);
        Assert.NotEmpty(config.Description!);
    }

    [Fact]
    public void AgentPrompts_AreTheFilesOfTheFolder() =>
        Assert.Equal(Files.Select(row => row.Data).Order(StringComparer.Ordinal), PromptFile.AgentPrompts);

    [Fact]
    public async Task Variable_WithoutAValue_IsNamed()
    {
        var template = new PromptFileTemplateFactory().Create(PromptFile.LoadAgentPrompt("agent-structured-json"));

        var thrown = await Assert.ThrowsAsync<KernelException>(() => template.RenderAsync(new Kernel(), [], TestContext.Current.CancellationToken));

        Assert.Contains("'schema'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherFormats_AreLeftToOthers() =>
        Assert.False(new PromptFileTemplateFactory().TryCreate(new PromptTemplateConfig("{{$x}}"), out _));

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "McpWorkflows.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Environment.GetEnvironmentVariable("MCPWORKFLOWS_REPOSITORY") ?? throw new InvalidOperationException("The repository was not found above the tests.");
    }
}
