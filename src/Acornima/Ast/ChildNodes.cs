using System.Collections;

namespace Acornima.Ast;

/// <summary>The children of a node, enumerated without allocation and without recursion.</summary>
public readonly struct ChildNodes : IEnumerable<Node>
{
    private readonly Node? _parent;

    internal ChildNodes(Node parent) => _parent = parent;

    public bool IsEmpty()
    {
        var enumerator = GetEnumerator();
        return !enumerator.MoveNext();
    }

    public Enumerator GetEnumerator() => new(_parent);

    IEnumerator<Node> IEnumerable<Node>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public struct Enumerator : IEnumerator<Node>
    {
        private readonly Node? _parent;
        private IEnumerator<Node>? _foreign;
        private Node? _current;
        private int _cursor;

        internal Enumerator(Node? parent) => _parent = parent;

        public readonly Node Current => _current!;

        readonly object IEnumerator.Current => _current!;

        public bool MoveNext()
        {
            if (_parent is null)
            {
                return false;
            }

            if (_cursor >= 0)
            {
                _current = _parent.NextChild(ref _cursor);
                if (_cursor >= 0)
                {
                    return _current is not null;
                }

                _foreign = _parent.GetChildNodes();
            }

            if (_foreign is null || !_foreign.MoveNext())
            {
                return false;
            }

            _current = _foreign.Current;
            return true;
        }

        public readonly void Dispose() => _foreign?.Dispose();

        public void Reset()
        {
            _foreign = null;
            _current = null;
            _cursor = 0;
        }
    }
}

/// <summary>Steps over absent children, so that a node type only has to name its parts.</summary>
internal static class Children
{
    public static Node? Next(ref int cursor, Node? first)
        => cursor++ == 0 ? first : null;

    public static Node? Next(ref int cursor, Node? first, Node? second)
    {
        while (cursor < 2)
        {
            if ((cursor++ == 0 ? first : second) is { } child)
            {
                return child;
            }
        }

        return null;
    }

    public static Node? Next(ref int cursor, Node? first, Node? second, Node? third, Node? fourth = null)
    {
        while (cursor < 4)
        {
            var child = cursor++ switch { 0 => first, 1 => second, 2 => third, _ => fourth };
            if (child is not null)
            {
                return child;
            }
        }

        return null;
    }

    /// <param name="offset">The cursor at which the list begins.</param>
    public static Node? Next<T>(ref int cursor, in NodeList<T> list, int offset = 0) where T : Node?
    {
        while (cursor - offset < list.Count)
        {
            if (list[cursor++ - offset] is { } child)
            {
                return child;
            }
        }

        return null;
    }
}
