namespace Acornima;

/// <summary>
/// The names of one source text, each once, so that equal names are the same string and a word's type is found
/// together with its string.
/// </summary>
internal sealed class NameTable
{
    private const int InitialSize = 512;

    private static readonly NameTable s_words = CreateWords();

    private Entry[] _entries;
    private int[] _buckets;
    private int _count;

    private NameTable()
    {
        _entries = new Entry[InitialSize];
        _buckets = new int[InitialSize];
    }

    public static NameTable Create()
    {
        var table = new NameTable();
        table.Clear();
        return table;
    }

    /// <summary>Forgets every name but the words of the language.</summary>
    public void Clear()
    {
        if (_entries.Length > InitialSize)
        {
            _entries = new Entry[InitialSize];
            _buckets = new int[InitialSize];
        }
        else if (_count > s_words._count)
        {
            Array.Clear(_entries, s_words._count, _count - s_words._count);
        }

        Array.Copy(s_words._entries, _entries, s_words._count);
        Array.Copy(s_words._buckets, _buckets, InitialSize);
        _count = s_words._count;
    }

    public string Get(ReadOnlySpan<char> name) => Get(name, Hash(name), out _);

    public string Get(ReadOnlySpan<char> name, uint hash, out TT type)
    {
        var entries = _entries;
        var bucket = (int)(hash & (uint)(_buckets.Length - 1));
        for (var i = _buckets[bucket] - 1; i >= 0; i = entries[i].Next)
        {
            ref var entry = ref entries[i];
            if (entry.Hash == hash && name.SequenceEqual(entry.Name))
            {
                type = entry.Type;
                return entry.Name;
            }
        }

        type = TT.Identifier;
        return Add(name.ToString(), hash, TT.Identifier);
    }

    public static uint Hash(ReadOnlySpan<char> name)
    {
        var hash = HashSeed;
        foreach (var c in name)
        {
            hash = HashStep(hash, c);
        }

        return hash;
    }

    public const uint HashSeed = 2166136261;

    public static uint HashStep(uint hash, char c) => (hash ^ c) * 16777619;

    private string Add(string name, uint hash, TT type)
    {
        if (_count == _entries.Length)
        {
            Grow();
        }

        var bucket = (int)(hash & (uint)(_buckets.Length - 1));
        _entries[_count] = new Entry(name, hash, _buckets[bucket] - 1, type);
        _buckets[bucket] = ++_count;
        return name;
    }

    private void Grow()
    {
        var size = _entries.Length * 2;
        Array.Resize(ref _entries, size);
        _buckets = new int[size];
        for (var i = 0; i < _count; i++)
        {
            ref var entry = ref _entries[i];
            var bucket = (int)(entry.Hash & (uint)(size - 1));
            entry.Next = _buckets[bucket] - 1;
            _buckets[bucket] = i + 1;
        }
    }

    private static NameTable CreateWords()
    {
        var table = new NameTable();
        for (var type = TT.Accessor; type <= TT.With; type++)
        {
            var name = type switch
            {
                TT.Proto => "__proto__",
                TT.EscapedKeyword => null,
                _ => type.ToString().ToLowerInvariant(),
            };
            if (name is not null)
            {
                table.Add(name, Hash(name), type);
            }
        }

        return table;
    }

    private struct Entry(string name, uint hash, int next, TT type)
    {
        public readonly string Name = name;
        public readonly uint Hash = hash;
        public int Next = next;
        public readonly TT Type = type;
    }
}
