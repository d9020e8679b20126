using System.Globalization;
using System.Text;

namespace McpWorkflows.Server.Tests.CommandLine.Live;

/// <summary>
/// What a terminal would show: the sequences that the product uses, and a complaint about every other. Counts what must not
/// happen on the other screen: that it scrolls, or that a line wraps or is cut off at the edge.
/// </summary>
internal sealed class VirtualScreen
{
    private readonly StringBuilder sequence = new();
    private Rune[][] cells;
    private Rune[][]? main;
    private (int Row, int Column) mainCursor;
    private int width;
    private int height;
    private int row;
    private int column;
    private bool wraps = true;
    private char surrogate;
    private int? overflowsBefore;

    public VirtualScreen(int width, int height)
    {
        (this.width, this.height) = (width, height);
        cells = Blank();
    }

    public bool IsOther => main is not null;

    public bool HasCursor { get; private set; } = true;

    public bool Wraps => wraps;

    /// <summary>Lines that went over the lower edge of the other screen, or letters over its right one.</summary>
    public int Overflows { get; private set; }

    public int Frames { get; private set; }

    /// <summary>Between the beginning and the end of a frame, when part of it is still the one before.</summary>
    public bool IsInFrame { get; private set; }

    /// <summary>The last frame was drawn on a screen of this size from its beginning on, and nothing in it overflowed.</summary>
    public bool Fits { get; private set; }

    public IReadOnlyList<string> Unknown => unknown;

    private readonly List<string> unknown = [];

    public string Line(int index) => string.Concat(cells[index].Where(cell => cell.Value != 0)).TrimEnd();

    public override string ToString() => string.Join('\n', Enumerable.Range(0, height).Select(Line)).TrimEnd();

    public void Resize(int newWidth, int newHeight)
    {
        (width, height) = (newWidth, newHeight);
        (Fits, overflowsBefore) = (false, null);
        cells = Fitted(cells);
        main = main is null ? null : Fitted(main);
        row = Math.Min(row, height - 1);
        column = Math.Min(column, width);
    }

    public void Write(ReadOnlySpan<char> text)
    {
        foreach (var unit in text)
            Write(unit);
    }

    private void Write(char unit)
    {
        if (sequence.Length > 0)
        {
            sequence.Append(unit);
            if (sequence.Length > 2 && unit is >= '@' and <= '~')
            {
                Obey(sequence.ToString(2, sequence.Length - 3), unit);
                sequence.Clear();
            }
            else if (sequence.Length == 2 && unit != '[')
            {
                if (unit is not ('=' or '>'))
                    unknown.Add(sequence.ToString());
                sequence.Clear();
            }

            return;
        }

        switch (unit)
        {
            case '\u001b':
                sequence.Append(unit);
                break;
            case '\r':
                column = 0;
                break;
            case '\n':
                Down();
                break;
            case var _ when char.IsHighSurrogate(unit):
                surrogate = unit;
                break;
            case var _ when char.IsLowSurrogate(unit):
                Put(new Rune(surrogate, unit));
                break;
            case var _ when char.IsControl(unit):
                unknown.Add($"U+{(int)unit:x4}");
                break;
            default:
                Put(new Rune(unit));
                break;
        }
    }

    private void Obey(string parameters, char command)
    {
        switch (parameters, command)
        {
            case ("?1049", 'h'):
                main = cells;
                mainCursor = (row, column);
                cells = Blank();
                (row, column) = (0, 0);
                break;
            case ("?1049", 'l') when main is not null:
                cells = main;
                (row, column) = mainCursor;
                main = null;
                break;
            case ("?1049", 'l'):
                unknown.Add("left the other screen twice");
                break;
            case ("?25", _):
                HasCursor = command == 'h';
                break;
            case ("?7", _):
                wraps = command == 'h';
                break;
            case ("?2026", 'h'):
                (IsInFrame, overflowsBefore) = (true, Overflows);
                break;
            case ("?2026", _):
                (IsInFrame, Fits) = (false, Overflows == overflowsBefore);
                Frames++;
                break;
            case ("", 'H'):
                (row, column) = (0, 0);
                break;
            case ("", 'K'):
                ClearLine();
                break;
            case ("", 'J'):
                ClearLine();
                for (var below = row + 1; below < height; below++)
                    Array.Clear(cells[below]);
                break;
            case (_, 'm') or ("?1", _):
                // Colours; and what the runtime says to every terminal about its keys.
                break;
            default:
                unknown.Add($"CSI {parameters}{command}");
                break;
        }
    }

    /// <summary>From the cursor on, which after a full line still stands on its last letter.</summary>
    private void ClearLine()
    {
        var start = Math.Min(column, width - 1);
        Array.Clear(cells[row], start, width - start);
    }

    private void Put(Rune rune)
    {
        var wide = IsWide(rune) ? 2 : CharUnicodeInfo.GetUnicodeCategory(rune.Value) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format ? 0 : 1;
        if (wide == 0)
            return;
        if (column + wide > width)
        {
            if (IsOther)
                Overflows++;
            if (!wraps)
                return;
            column = 0;
            Down();
        }

        cells[row][column] = rune;
        if (wide == 2 && column + 1 < width)
            cells[row][column + 1] = default;
        column += wide;
    }

    private void Down()
    {
        if (row < height - 1)
        {
            row++;
            return;
        }

        if (IsOther)
            Overflows++;
        cells = [.. cells.Skip(1), Enumerable.Repeat(new Rune(' '), width).ToArray()];
    }

    private Rune[][] Blank() => [.. Enumerable.Range(0, height).Select(_ => Enumerable.Repeat(new Rune(' '), width).ToArray())];

    private Rune[][] Fitted(Rune[][] old)
    {
        var fitted = Blank();
        for (var index = 0; index < Math.Min(height, old.Length); index++)
            Array.Copy(old[index], fitted[index], Math.Min(width, old[index].Length));
        return fitted;
    }

    // Of the wide ones only those that the tests use: the product has its own table.
    private static bool IsWide(Rune rune) => rune.Value is (>= 0x4e00 and <= 0x9fff) or (>= 0x1f300 and <= 0x1f64f) or (>= 0xac00 and <= 0xd7a3);
}
