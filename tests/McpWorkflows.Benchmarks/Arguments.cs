using System.Globalization;

namespace McpWorkflows.Benchmarks;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var arguments = new Arguments();
        for (var index = 0; index < args.Count; index += 2)
        {
            if (!args[index].StartsWith("--", StringComparison.Ordinal) || index + 1 == args.Count)
            {
                throw new ArgumentException($"'{args[index]}' is not an option with a value.");
            }

            arguments.values[args[index][2..]] = args[index + 1];
        }

        return arguments;
    }

    public string? Find(string name) => values.GetValueOrDefault(name);

    public int Number(string name, int otherwise) =>
        Find(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
