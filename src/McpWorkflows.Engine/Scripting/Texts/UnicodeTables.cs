using System.Collections.Frozen;
using System.Globalization;

namespace McpWorkflows.Engine.Scripting.Texts;

/// <summary>
/// What characters are made of. The product runs without ICU, so that it starts fast and sorts alike on every machine, and .NET
/// then leaves all beyond ASCII as it is; <c>unicode.txt</c> says what is needed. Read once, when a script first asks.
/// </summary>
internal sealed class UnicodeTables
{
    private static readonly Lazy<UnicodeTables> LazyInstance = new(static () => new UnicodeTables());

    private readonly FrozenDictionary<int, int[]> _canonical;
    private readonly FrozenDictionary<int, int[]> _compatible;
    private readonly FrozenDictionary<int, byte> _classes;
    private readonly FrozenDictionary<(int First, int Second), int> _composed;

    private UnicodeTables()
    {
        Dictionary<int, int[]> canonical = [];
        Dictionary<int, int[]> compatible = [];
        Dictionary<int, byte> classes = [];
        HashSet<int> never = [];
        foreach (var line in Lines())
        {
            var words = line.Split(' ');
            var span = words[1].Split('-');
            var (from, to) = (Hex(span[0]), Hex(span[^1]));
            for (var point = from; point <= to; point++)
            {
                switch (words[0])
                {
                    case "c":
                        canonical[point] = Parts(words, point - from);
                        break;
                    case "k":
                        compatible[point] = Parts(words, point - from);
                        break;
                    case "m":
                        classes[point] = byte.Parse(words[2], CultureInfo.InvariantCulture);
                        break;
                    default:
                        never.Add(point);
                        break;
                }
            }
        }

        _canonical = canonical.ToFrozenDictionary();
        _compatible = compatible.ToFrozenDictionary();
        _classes = classes.ToFrozenDictionary();
        _composed = canonical.Where(pair => pair.Value.Length == 2 && !never.Contains(pair.Key))
            .ToFrozenDictionary(pair => (pair.Value[0], pair.Value[1]), pair => pair.Key);
    }

    public static UnicodeTables Instance => LazyInstance.Value;

    /// <summary>One step of decomposition; null for what is made of nothing else.</summary>
    public int[]? PartsOf(int point, bool compatible) =>
        _canonical.TryGetValue(point, out var parts) || (compatible && _compatible.TryGetValue(point, out parts)) ? parts : null;

    /// <summary>Canonical combining class; 0 for whatever does not move.</summary>
    public byte ClassOf(int point) => _classes.GetValueOrDefault(point);

    /// <summary>What the two are together; null for no one character.</summary>
    public int? Compose(int first, int second) => _composed.TryGetValue((first, second), out var whole) ? whole : null;

    /// <summary>A range of single parts counts up with the characters.</summary>
    private static int[] Parts(string[] words, int offset)
    {
        var parts = words[2..].Select(Hex).ToArray();
        parts[0] += offset;
        return parts;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Lines()
    {
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("McpWorkflows.Engine.Scripting.Texts.unicode.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#')
            {
                yield return line;
            }
        }
    }
}
