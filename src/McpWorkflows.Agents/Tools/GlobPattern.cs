using System.Text;
using System.Text.RegularExpressions;

namespace McpWorkflows.Agents.Tools;

/// <summary>
/// Globs over relative paths with slashes: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>{a,b}</c>, and <c>**</c> for any number
/// of folders. A pattern without a slash matches the file's name in any folder, as in .gitignore.
/// </summary>
internal sealed class GlobPattern
{
    private readonly Regex _regex;

    public GlobPattern(string pattern)
    {
        var glob = pattern.Replace('\\', '/').Trim();
        glob = glob.StartsWith("./", StringComparison.Ordinal) ? glob[2..] : glob.TrimStart('/');
        if (!glob.Contains('/', StringComparison.Ordinal))
        {
            glob = $"**/{glob}";
        }

        if (glob.EndsWith('/'))
        {
            glob += "**";
        }

        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
            | (OperatingSystem.IsLinux() ? RegexOptions.None : RegexOptions.IgnoreCase);
        try
        {
            _regex = new Regex($"^{Translate(glob)}$", options);
        }
        catch (ArgumentException)
        {
            throw new ToolException($"The glob '{pattern}' cannot be read. Example: src/**/*.cs");
        }
    }

    public bool Matches(string relativePath) => _regex.IsMatch(relativePath);

    private static string Translate(string glob)
    {
        var regex = new StringBuilder();
        var braces = 0;
        for (var index = 0; index < glob.Length; index++)
        {
            var character = glob[index];
            switch (character)
            {
                case '*' when Next(index) == '*':
                    var wholeStep = (index == 0 || glob[index - 1] == '/') && Next(index + 1) == '/';
                    regex.Append(wholeStep ? "(?:[^/]+/)*" : ".*");
                    index += wholeStep ? 2 : 1;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when glob.IndexOf(']', index + 2 < glob.Length ? index + 2 : index) is > 0 and var end:
                    var set = glob[(index + 1)..end];
                    regex.Append('[').Append(set[0] == '!' ? $"^{Literal(set[1..])}" : Literal(set)).Append(']');
                    index = end;
                    break;
                case '{' when glob.IndexOf('}', index) > 0:
                    braces++;
                    regex.Append("(?:");
                    break;
                case '}' when braces > 0:
                    braces--;
                    regex.Append(')');
                    break;
                case ',' when braces > 0:
                    regex.Append('|');
                    break;
                default:
                    regex.Append(Regex.Escape(character.ToString()));
                    break;
            }
        }

        return regex.ToString();

        char Next(int index) => index + 1 < glob.Length ? glob[index + 1] : '\0';

        static string Literal(string set) => set.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
    }
}
