using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Worktrees;

namespace McpWorkflows.Agents.Tests.Worktrees;

/// <summary>Real git on a workspace.</summary>
internal static class GitFolder
{
    public static async Task<string> GitAsync(this TempFolder folder, params string[] arguments) =>
        await new Git(folder.Path).RunAsync(arguments, TestContext.Current.CancellationToken);

    /// <summary>A repository with one commit on its main branch and one more on the branch that is checked out.</summary>
    public static async Task<TempFolder> WithRepositoryAsync(this TempFolder folder)
    {
        await folder.GitAsync("init", "-q", "-b", "main");
        folder.Write("a.txt", "one\n");
        folder.Write(".gitignore", "ignored\n");
        await folder.GitAsync("add", "--all");
        await folder.GitAsync("commit", "-q", "-m", "first");
        await folder.GitAsync("checkout", "-q", "-b", "feature");
        folder.Write("b.txt", "feature\n");
        await folder.GitAsync("add", "--all");
        await folder.GitAsync("commit", "-q", "-m", "second");
        return folder;
    }
}
