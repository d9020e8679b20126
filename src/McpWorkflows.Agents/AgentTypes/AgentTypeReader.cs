using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.AgentTypes;

/// <summary>Reads a definition from the text of its file.</summary>
internal static class AgentTypeReader
{
    private static readonly string[] Efforts = ["low", "medium", "high", "xhigh", "max"];

    public static AgentTypeDefinition Read(string fileName, string text, AgentTypeOrigin origin)
    {
        var head = FrontMatter.Parse(text);
        return new AgentTypeDefinition
        {
            Name = head.Text("name") ?? fileName,
            Description = head.Text("description"),
            Tools = head.List("tools") ?? head.List("allowed-tools"),
            DisallowedTools = head.List("disallowedTools"),
            // "inherit" is Claude Code's word for the run's own.
            Model = head.Text("model") is { } model && !model.Equals("inherit", StringComparison.OrdinalIgnoreCase) ? model : null,
            Effort = head.Text("effort") is { } effort && Array.IndexOf(Efforts, effort) >= 0 ? effort : null,
            Instructions = head.Body,
            Command = Command(head),
            Origin = origin,
        };
    }

    private static AgentCommand? Command(FrontMatter head)
    {
        if (head.Items("command") is not { Count: > 0 } items)
        {
            return null;
        }

        return new AgentCommand
        {
            Line = items.Count > 1 ? items : Split(items[0]),
            Env = head.List("env") ?? [],
            TimeoutSeconds = Seconds(head, "timeoutSeconds"),
            StallSeconds = Seconds(head, "stallSeconds"),
        };
    }

    private static double? Seconds(FrontMatter head, string key) =>
        double.TryParse(head.Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : null;

    /// <summary>Takes a command line apart as a shell does, quotes and backslashes included; nothing is expanded.</summary>
    internal static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var any = false;
        var quote = '\0';
        for (var index = 0; index < line.Length; index++)
        {
            var character = line[index];
            if (character == '\\' && quote != '\'' && index + 1 < line.Length && line[index + 1] is '"' or '\\' or '\'' or ' ')
            {
                word.Append(line[++index]);
                any = true;
            }
            else if (quote == '\0' && character is '"' or '\'')
            {
                quote = character;
                any = true;
            }
            else if (character == quote && quote != '\0')
            {
                quote = '\0';
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                Close();
            }
            else
            {
                word.Append(character);
                any = true;
            }
        }

        Close();
        return words;

        void Close()
        {
            if (any)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            any = false;
        }
    }
}
