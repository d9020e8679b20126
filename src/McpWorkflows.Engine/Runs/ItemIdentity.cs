using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// The content hashes by which a replay finds what was settled. Their bytes are part of every stored journal: a field
/// is a tag, a length and its bytes, an absent one is not there at all. One instance per run; not for several threads.
/// </summary>
internal sealed class ItemIdentity
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1_024);
    private readonly Dictionary<string, byte[]> _schemas = [];
    private readonly Dictionary<(ItemKind, string), int> _ordinals = [];

    /// <summary>The hash of an agent call: prompt and whatever option can change the answer, as the script states them.</summary>
    public string OfAgent(string prompt, AgentOptions options)
    {
        _buffer.ResetWrittenCount();
        Add('p', prompt);
        if (options.SchemaJson is { } schema)
            Add('s', Canonical(schema));
        Add('m', options.Model);
        Add('e', options.Effort);
        Add('i', options.Isolation);
        Add('a', options.AgentType);
        Add('t', options.Tools);
        Add('d', options.DisallowedTools);
        return Hash();
    }

    public string OfTimer(double delayMilliseconds)
    {
        _buffer.ResetWrittenCount();
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, delayMilliseconds);
        Add('T', bytes);
        return Hash();
    }

    public string OfQuestion(string text, string? schema)
    {
        _buffer.ResetWrittenCount();
        Add('Q', text);
        if (schema is not null)
            Add('s', Canonical(schema));
        return Hash();
    }

    public string OfWorkflow(string? name, string? scriptPath)
    {
        _buffer.ResetWrittenCount();
        Add('W', name);
        Add('F', scriptPath);
        return Hash();
    }

    /// <summary>Counts occurrences of equal content, in the order of asking.</summary>
    public ItemKey Next(ItemKind kind, string hash)
    {
        ref var ordinal = ref CollectionsMarshal.GetValueRefOrAddDefault(_ordinals, (kind, hash), out _);
        return new ItemKey(kind, hash, ++ordinal);
    }

    /// <summary>One hash over content and occurrence, so that equal content does not give equal draws of <c>Math.random</c>.</summary>
    public string OfOccurrence(ItemKey key)
    {
        _buffer.ResetWrittenCount();
        Add('k', key.Hash);
        Span<byte> numbers = [(byte)key.Kind, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(numbers[1..], key.Ordinal);
        Add('o', numbers);
        return Hash();
    }

    private string Hash() => Convert.ToHexStringLower(SHA256.HashData(_buffer.WrittenSpan));

    private void Add(char tag, string? text)
    {
        // The UTF-16 code units themselves: lone surrogates must stay distinct.
        if (text is not null)
            Add(tag, MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void Add(char tag, IReadOnlyList<string>? list)
    {
        if (list is null)
            return;

        Span<byte> count = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(count, list.Count);
        Add(tag, count);
        foreach (var item in list)
            Add(tag, item);
    }

    private void Add(char tag, ReadOnlySpan<byte> bytes)
    {
        var head = _buffer.GetSpan(5);
        head[0] = (byte)tag;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
        _buffer.Advance(5);
        _buffer.Write(bytes);
    }

    private byte[] Canonical(string schema)
    {
        ref var canonical = ref CollectionsMarshal.GetValueRefOrAddDefault(_schemas, schema, out _);
        return canonical ??= CanonicalJson.Of(schema);
    }
}
