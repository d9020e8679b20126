using System.CommandLine;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>--budget TOKENS</c></summary>
internal static class BudgetOption
{
    public static Option<long?> Create()
    {
        var option = new Option<long?>("--budget") { Description = "Ceiling in output tokens over all agents.", HelpName = "TOKENS" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!long.TryParse(token.Value, out var tokens) || tokens <= 0))
                result.AddError("--budget must be a whole number above 0.");
        });
        return option;
    }
}
