using System.Collections;

namespace Acornima.Ast;

/// <summary>An immutable list of nodes.</summary>
public readonly struct NodeList<T> : IReadOnlyList<T> where T : Node?
{
    private readonly T[]? _items;
    private readonly int _count;

    internal NodeList(T[] items, int count)
    {
        _items = items;
        _count = count;
    }

    public int Count => _count;

    public T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_count)
            {
                throw new ArgumentOutOfRangeException(nameof(index));
            }

            return _items![index];
        }
    }

    public ReadOnlySpan<T> AsSpan() => new(_items, 0, _count);

    public Enumerator GetEnumerator() => new(_items, _count);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public struct Enumerator : IEnumerator<T>
    {
        private readonly T[]? _items;
        private readonly int _count;
        private int _index;

        internal Enumerator(T[]? items, int count)
        {
            _items = items;
            _count = count;
            _index = -1;
        }

        public readonly T Current => _items![_index];

        readonly object? IEnumerator.Current => Current;

        public bool MoveNext() => ++_index < _count;

        public void Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}

/// <summary>Makes <see cref="NodeList{T}"/>s.</summary>
public static class NodeList
{
    public static NodeList<T> From<T>(params T[] nodes) where T : Node? => new((T[])nodes.Clone(), nodes.Length);

    public static NodeList<T> From<T>(IEnumerable<T> nodes) where T : Node?
    {
        var items = nodes.ToArray();
        return new(items, items.Length);
    }
}
