using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace McpWorkflows.Agents.Tools;

/// <summary>Searches the workspace's text files with a regular expression.</summary>
internal sealed class SearchTextTool(Workspace workspace, TimeProvider time, TimeSpan maxTime) : AgentTool(
    ToolName,
    "Searches text files of the workspace, line by line, with a regular expression. Matches come as 'path:line: text'. "
        + $"Folders named {WorkspaceWalk.IgnoredNames} and binary files are left out; of "
        + "a line the first 20,000 characters are searched. Many matches come in pages; the last "
        + "line says how to get the next one.",
    """
    {
      "type": "object",
      "properties": {
        "pattern": { "type": "string", "description": "Regular expression; escape special characters to search them as they are" },
        "glob": { "type": "string", "description": "Only files that match, such as *.cs or src/**/*.ts" },
        "path": { "type": "string", "description": "Folder or file to search, relative to the workspace root. Default: the root" },
        "ignore_case": { "type": "boolean" },
        "offset": { "type": "integer", "minimum": 1, "description": "First match to show, from 1. Default 1" },
        "limit": { "type": "integer", "minimum": 1, "maximum": 500, "description": "Matches to show. Default 100" }
      },
      "required": ["pattern"],
      "additionalProperties": false
    }
    """)
{
    public const string ToolName = "search_text";

    private const int DefaultMatches = 100;
    private const int MaxMatches = 500;
    private const int MaxLineLength = 20_000;
    private const int ShownLength = 300;
    private const int LinesBetweenChecks = 1_000;

    public override string Describe(ToolArguments arguments) => $"{Name} {arguments.Text("pattern")}";

    public override Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken) =>
        // Matching is CPU-bound and must not hold the caller's thread.
        Task.Run(() => SearchAsync(arguments, cancellationToken), cancellationToken);

    private async Task<string> SearchAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var regex = Compile(arguments.Required("pattern"), arguments.Flag("ignore_case"));
        var glob = arguments.Text("glob") is { Length: > 0 } pattern ? new GlobPattern(pattern) : null;
        var page = new Page(arguments.Number("offset", 1, int.MaxValue), arguments.Number("limit", DefaultMatches, MaxMatches));
        var start = workspace.Resolve(arguments.Text("path") ?? "");
        var began = time.GetTimestamp();
        bool IsOver() => time.GetElapsedTime(began) > maxTime;
        // A line may be without end, too.
        using var over = new CancellationTokenSource(maxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        foreach (var file in WorkspaceWalk.Files(workspace, start, everything: false, cancellationToken))
        {
            if (glob is not null && !glob.Matches(file))
            {
                continue;
            }

            try
            {
                await SearchFileAsync(file, regex, page, IsOver, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return Stopped(file);
            }
            catch (RegexMatchTimeoutException)
            {
                return page.Close($"[The pattern takes too long on {file}. Use a simpler one.]");
            }

            if (IsOver())
            {
                return Stopped(file);
            }

            if (page.IsFull)
            {
                return page.Close($"[More matches follow. Call {Name} with offset {page.Next} for the next page.]");
            }
        }

        return page.Close(null);

        string Stopped(string file) => page.Close($"[The search stopped after {maxTime.TotalSeconds:0.#} s, at {file}. Narrow it with path or glob.]");
    }

    private async Task SearchFileAsync(string file, Regex regex, Page page, Func<bool> isOver, CancellationToken cancellationToken)
    {
        try
        {
            using var lines = await TextLines.OpenAsync(workspace.Open(workspace.Resolve(file), file), cancellationToken).ConfigureAwait(false);
            var number = 0;
            while (lines is not null && !page.IsFull && await lines.ReadAsync(MaxLineLength, cancellationToken).ConfigureAwait(false) is { } line)
            {
                number++;
                if (regex.IsMatch(line.Text))
                {
                    page.Add(file, number, line.Text);
                }

                if (number % LinesBetweenChecks == 0 && isOver())
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is ToolException or IOException)
        {
            // A file that cannot be read has no matches; the search is about the others.
        }
    }

    private static Regex Compile(string pattern, bool ignoreCase)
    {
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            // Look-arounds and back-references need the other engine, which must then be watched.
            return new Regex(pattern, options, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException exception)
        {
            throw new ToolException($"The pattern cannot be read: {exception.Message}");
        }
    }

    private sealed class Page(int offset, int limit)
    {
        private readonly StringBuilder _text = new();
        private int _matched;

        public bool IsFull => _matched >= offset + (long)limit;

        public int Next => _matched;

        public void Add(string file, int line, string text)
        {
            _matched++;
            if (_matched >= offset && !IsFull)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{file}:{line}: ");
                _text.Append(text.Length <= ShownLength ? text : $"{text[..ShownLength]} [cut]").Append('\n');
            }
        }

        public string Close(string? note)
        {
            if (_text.Length == 0 && note is null)
            {
                return _matched == 0 ? "[No matches.]" : $"[There are {_matched} matches; offset {offset} is past the end.]";
            }

            return _text.Append(note).ToString();
        }
    }
}
