using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;

namespace McpWorkflows.Journal.Transfer;

/// <summary>Reads an exported run and refuses what is not a whole one.</summary>
internal static class RunFileReader
{
    /// <summary>Header, run, the rest without the end.</summary>
    public static async Task<IReadOnlyList<RunLine>> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(file, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        CheckHeader(await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false));
        List<RunLine> lines = [new()];
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } text)
        {
            var line = Parse(text, lines.Count + 1);
            if (line.Run is null == (lines.Count == 1))
            {
                throw Damaged(lines.Count + 1, "the run belongs on line 2, once");
            }

            if (line.End is { } end)
            {
                return end.Lines == lines.Count ? lines : throw Damaged(lines.Count + 1, $"there should be {end.Lines} lines before it");
            }

            lines.Add(line);
        }

        throw new JournalException(
            $"The file is cut off after line {lines.Count}; nothing was imported. Export the run again, or copy the file anew.");
    }

    private static void CheckHeader(string? text)
    {
        RunFileHeader? header = null;
        try
        {
            header = text is null ? null : JournalJson.ReadLine(text).Header;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            // Some other file.
        }

        if (header?.Format != RunFile.Format)
        {
            throw new JournalException("This is not an exported run. Name a file that export has written.");
        }

        if (header.Version > RunFile.Version)
        {
            throw new JournalException(
                $"The run was exported by a newer release (format {header.Version}, this one knows {RunFile.Version}); nothing was imported. Upgrade mcp-workflows.");
        }
    }

    private static RunLine Parse(string text, int number)
    {
        try
        {
            return JournalJson.ReadLine(text);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Damaged(number, exception.InnerException?.Message ?? exception.Message);
        }
    }

    private static JournalException Damaged(int line, string why) => new(
        $"Line {line} of the file is damaged ({why}); nothing was imported. Export the run again, or copy the file anew.");
}
