using System.CommandLine;
using System.Globalization;
using McpWorkflows.Server.Settings;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>--budget TOKENS</c> and <c>--budget-usd DOLLARS</c></summary>
internal sealed class BudgetOption
{
    private readonly Option<long?> tokens = new("--budget") { Description = "Ceiling in output tokens over all agents.", HelpName = "TOKENS" };
    private readonly Option<decimal?> dollars = new("--budget-usd") { Description = "Ceiling in US dollars over all agents.", HelpName = "DOLLARS" };

    public BudgetOption()
    {
        tokens.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!long.TryParse(token.Value, out var count) || count <= 0))
                result.AddError("--budget must be a whole number above 0.");
        });
        dollars.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Dollars(token.Value) is not > 0)
                result.AddError("--budget-usd must be a number above 0, such as 2.50.");
        });
        dollars.CustomParser = result => Dollars(result.Tokens[0].Value);
    }

    public void AddTo(Command command)
    {
        command.Add(tokens);
        command.Add(dollars);
    }

    /// <summary>Null where the command line is silent.</summary>
    public BudgetSettings Read(ParseResult parsed) => new(parsed.GetValue(tokens), parsed.GetValue(dollars));

    private static decimal? Dollars(string text) =>
        decimal.TryParse(text.TrimStart('$'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;
}
