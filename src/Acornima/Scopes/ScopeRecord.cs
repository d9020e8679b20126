using Acornima.Ast;

namespace Acornima;

[Flags]
internal enum ScopeFlags
{
    None = 0,
    Top = 1 << 0,
    Function = 1 << 1,
    Async = 1 << 2,
    Generator = 1 << 3,
    Arrow = 1 << 4,
    SimpleCatch = 1 << 5,
    SuperProperty = 1 << 6,
    SuperCall = 1 << 7,
    StaticBlock = 1 << 8,
    FieldInitializer = 1 << 9,
    Switch = 1 << 10,

    /// <summary>`var` stops here.</summary>
    VarScope = Top | Function | StaticBlock,
}

/// <summary>A scope during the parse; records are used again when their scope is closed.</summary>
internal sealed class ScopeRecord
{
    private const int IndexThreshold = 8;

    public ScopeFlags Flags;

    /// <summary>Position in the stack of the scope that receives `var`, this one included.</summary>
    public int VarScope;

    /// <summary>Position of the scope that `this`, `super` and `new.target` belong to, this one included.</summary>
    public int ThisScope;

    public IdentifierList Vars;
    public IdentifierList Lexicals;
    public IdentifierList Functions;
    public Scope Scope;

    // Names are interned, so they are found by reference. The dictionary only pays off in scopes with many names.
    private Dictionary<string, BindingKinds>? _index;
    private bool _indexed;

    public ScopeRecord() => Scope = new Scope(this);

    public void Reset(ScopeFlags flags)
    {
        Flags = flags;
        Vars.Clear();
        Lexicals.Clear();
        Functions.Clear();
        if (_indexed)
        {
            _index!.Clear();
            _indexed = false;
        }
    }

    public BindingKinds Find(string name)
    {
        if (_indexed)
        {
            return _index!.GetValueOrDefault(name);
        }

        var kinds = BindingKinds.None;
        if (Vars.Contains(name))
        {
            kinds |= BindingKinds.Var;
        }

        if (Lexicals.Contains(name))
        {
            kinds |= BindingKinds.Lexical;
        }

        if (Functions.Contains(name))
        {
            kinds |= BindingKinds.Function;
        }

        return kinds;
    }

    public void Add(BindingKinds kind, Identifier identifier)
    {
        switch (kind)
        {
            case BindingKinds.Var:
                Vars.Add(identifier);
                break;
            case BindingKinds.Lexical:
                Lexicals.Add(identifier);
                break;
            default:
                Functions.Add(identifier);
                break;
        }

        if (_indexed)
        {
            Index(identifier, kind);
        }
        else if (Vars.Count + Lexicals.Count + Functions.Count > IndexThreshold)
        {
            BuildIndex();
        }
    }

    private void BuildIndex()
    {
        _index ??= new Dictionary<string, BindingKinds>(StringComparer.Ordinal);
        _indexed = true;
        foreach (var identifier in Vars.AsSpan())
        {
            Index(identifier, BindingKinds.Var);
        }

        foreach (var identifier in Lexicals.AsSpan())
        {
            Index(identifier, BindingKinds.Lexical);
        }

        foreach (var identifier in Functions.AsSpan())
        {
            Index(identifier, BindingKinds.Function);
        }
    }

    private void Index(Identifier identifier, BindingKinds kind)
    {
        ref var kinds = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_index!, identifier.Name, out _);
        kinds |= kind;
    }
}

[Flags]
internal enum BindingKinds
{
    None = 0,
    Var = 1,
    Lexical = 2,
    Function = 4,
}

/// <summary>A list that keeps its array when cleared.</summary>
internal struct IdentifierList
{
    private Identifier[]? _items;

    public int Count { get; private set; }

    public readonly Identifier this[int index] => _items![index];

    public readonly ReadOnlySpan<Identifier> AsSpan() => new(_items, 0, Count);

    public readonly bool Contains(string name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_items![i].Name, name))
            {
                return true;
            }
        }

        return false;
    }

    public void Add(Identifier identifier)
    {
        if (_items is null)
        {
            _items = new Identifier[4];
        }
        else if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = identifier;
    }

    public void Clear()
    {
        if (Count > 0)
        {
            Array.Clear(_items!, 0, Count);
            Count = 0;
        }
    }
}
