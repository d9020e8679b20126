using System.Globalization;
using System.Text.RegularExpressions;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Scripting;

/// <summary>The files of a run, workflow and children, by the names their positions carry.</summary>
internal sealed partial class ScriptSources
{
    private readonly Dictionary<string, SourceText> _sources = [];
    private readonly Dictionary<string, WrappedScript> _wrapped = [];
    private string? _first;

    /// <summary>Makes a file ready to run. Throws <see cref="ScriptRefusedException"/>.</summary>
    public PreparedWorkflow Prepare(string text, string fileName)
    {
        var name = Name(text, fileName);
        var prepared = PreparedScripts.Workflow(text, fileName, name);
        _wrapped[name] = prepared.Wrapped;
        return prepared;
    }

    /// <summary>Line and column in the file, from 1, of a place in the code that runs; null outside of any file.</summary>
    public (int Line, int Column)? PlaceOf(string? name, int line, int column) =>
        name is not null && _wrapped.TryGetValue(name, out var wrapped) ? wrapped.PlaceOf(line, column) : null;

    /// <summary>An error with the place of the topmost frame of its stack that lies in a file.</summary>
    public ScriptError Locate(string message, string stack)
    {
        foreach (Match frame in FramePlace().Matches(stack))
        {
            if (_sources.TryGetValue(frame.Groups["file"].Value, out var source)
                && int.TryParse(frame.Groups["line"].Value, CultureInfo.InvariantCulture, out var line)
                && int.TryParse(frame.Groups["column"].Value, CultureInfo.InvariantCulture, out var column))
            {
                return source.ErrorAt(line, column, message);
            }
        }

        return Unlocated(message);
    }

    /// <summary>Line of the topmost frame that lies in the run's own script, from 1; 0 where none does, as in child workflows.</summary>
    public int LineOf(string stack)
    {
        foreach (Match frame in FramePlace().Matches(stack))
        {
            if (frame.Groups["file"].Value == _first && int.TryParse(frame.Groups["line"].Value, CultureInfo.InvariantCulture, out var line))
                return line;
        }

        return 0;
    }

    /// <summary>An error of the run as a whole.</summary>
    public ScriptError Unlocated(string message) => new(message, _sources.Values.FirstOrDefault()?.FileName ?? "");

    /// <summary>The file's name in positions, its own unless another file has it already.</summary>
    private string Name(string text, string fileName)
    {
        var name = fileName;
        for (var number = 2; _sources.TryGetValue(name, out var other) && other.Text != text; number++)
        {
            name = $"{fileName}#{number}";
        }

        _sources[name] = new SourceText(text, fileName);
        _first ??= name;
        return name;
    }

    [GeneratedRegex(@"^ *at .* \((?<file>[^\r\n]*):(?<line>\d+):(?<column>\d+)\)\r?$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FramePlace();
}
