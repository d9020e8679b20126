using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>Which members of one value some keyword has looked at; <c>unevaluated*</c> is about the others.</summary>
internal sealed class Evaluated
{
    private HashSet<string>? _names;
    private HashSet<int>? _items;
    private bool _all;

    public void Add(string name) => (_names ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);

    public void Add(int item) => (_items ??= []).Add(item);

    public void AddAll() => _all = true;

    public bool Has(JsonProperty property) => _all || _names?.Contains(property.Name) == true;

    public bool Has(int item) => _all || _items?.Contains(item) == true;

    public void Add(Evaluated other)
    {
        _all |= other._all;
        foreach (var name in other._names ?? [])
        {
            Add(name);
        }

        foreach (var item in other._items ?? [])
        {
            Add(item);
        }
    }
}
