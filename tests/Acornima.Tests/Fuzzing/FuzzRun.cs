using System.Diagnostics;
using Acornima.Ast;

namespace Acornima.Tests.Fuzzing;

/// <summary>Parses one made-up source after the other on a thread with a small stack, and watches that thread.</summary>
internal sealed class FuzzRun(SourceFuzzer fuzzer, int seed, TimeSpan budget)
{
    // Sources have at most a few thousand more than 20,000 characters and take milliseconds; the machine may be busy.
    private static readonly TimeSpan MostPerSource = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private const int StackBytes = 512 * 1024;

    private volatile string? _failure;
    private volatile int _current;
    private long _startedAt;

    /// <summary>How many sources were parsed.</summary>
    public int Count => _current - seed;

    /// <summary>Runs until the budget is spent; gives what went wrong, with the seed of the source, or null.</summary>
    public string? Run()
    {
        _current = seed;
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        var end = Stopwatch.GetTimestamp() + (long)(budget.TotalSeconds * Stopwatch.Frequency);
        var thread = new Thread(() => ParseUntil(end), StackBytes) { IsBackground = true };
        thread.Start();
        while (!thread.Join(Glance))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt)) > MostPerSource)
            {
                return $"seed {_current}: still parsing after {MostPerSource.TotalSeconds} s: {Show(fuzzer.Source(_current))}";
            }
        }

        return _failure;
    }

    private void ParseUntil(long end)
    {
        while (Stopwatch.GetTimestamp() < end && _failure is null)
        {
            Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
            var source = fuzzer.Source(_current);
            var parser = new Parser(new ParserOptions { AllowReturnOutsideFunction = (_current & 1) == 0 });
            _failure = Check(source, () => parser.ParseScript(source)) ?? Check(source, () => parser.ParseModule(source));
            _current++;
        }
    }

    private string? Check(string source, Func<Program> parse)
    {
        try
        {
            var program = parse();
            return FirstOutOfPlace(program) is { } node ? $"seed {_current}: {node} is out of place in {Show(source)}" : null;
        }
        catch (ParseErrorException error) when (error.Index >= 0 && error.Index <= source.Length && error.LineNumber >= 1 && error.Column >= 0)
        {
            return null;
        }
        catch (Exception exception) // the boundary of the fuzzer: whatever it is, it is a finding
        {
            return $"seed {_current}: {exception} for {Show(source)}";
        }
    }

    /// <summary>Children lie within their parents; the heap takes the walk.</summary>
    private static string? FirstOutOfPlace(Program program)
    {
        var open = new Stack<Node>([program]);
        while (open.TryPop(out var node))
        {
            foreach (var child in node.ChildNodes)
            {
                if (child.Start < node.Start || child.End > node.End || child.End < child.Start || child.Location.Start.Line > child.Location.End.Line)
                {
                    return $"{child.Type} {child.Range} in {node.Type} {node.Range}";
                }

                open.Push(child);
            }
        }

        return null;
    }

    private static string Show(string source) => System.Text.Json.JsonSerializer.Serialize(source.Length > 2_000 ? source[..2_000] : source);
}
