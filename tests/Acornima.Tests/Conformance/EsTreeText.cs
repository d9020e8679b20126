using System.Security.Cryptography;
using System.Text;
using Acornima.Ast;

namespace Acornima.Tests.Conformance;

/// <summary>
/// Writes a tree as <c>acorn.mjs</c> writes acorn's: a line for the start of each node with type, range and place, a
/// line for each value, the fields of a node in the order of their names.
/// </summary>
internal sealed class EsTreeText
{
    private readonly StringBuilder _text = new();
    private readonly IncrementalHash? _hash;

    private EsTreeText(IncrementalHash? hash) => _hash = hash;

    public static string Hash(Program program)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var writer = new EsTreeText(hash);
        writer.Write("", program);
        writer.Flush();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static string[] Lines(Program program)
    {
        var writer = new EsTreeText(null);
        writer.Write("", program);
        return writer._text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void Flush()
    {
        _hash!.AppendData(Encoding.UTF8.GetBytes(_text.ToString()));
        _text.Clear();
    }

    private void Line(string key, string value)
    {
        _text.Append(key).Append('=').Append(value).Append('\n');
        if (_hash is not null && _text.Length > 65_536)
        {
            Flush();
        }
    }

    private void Write(string key, Node? node)
    {
        if (node is null)
        {
            Line(key, "null");
            return;
        }

        ref readonly var place = ref node.LocationRef;
        Line(key, $"{node.Type} {node.Start}-{node.End} {place.Start.Line}:{place.Start.Column}-{place.End.Line}:{place.End.Column}");
        foreach (var (name, value) in EsTreeFields.Of(node))
        {
            Write(name, value);
        }

        _text.Append("}\n");
    }

    private void Write(string key, object? value)
    {
        switch (value)
        {
            case Node node:
                Write(key, node);
                break;
            case IReadOnlyList<Node?> nodes:
                Line(key, "[");
                for (var index = 0; index < nodes.Count; index++)
                {
                    Write($"{index}", nodes[index]);
                }

                _text.Append("]\n");
                break;
            case (string, object?)[] fields:
                Line(key, "{");
                foreach (var (name, field) in fields)
                {
                    Write(name, field);
                }

                _text.Append("}\n");
                break;
            case string text:
                Line(key, Quote(text));
                break;
            case bool flag:
                Line(key, flag ? "true" : "false");
                break;
            case double number:
                Line(key, $"{BitConverter.DoubleToInt64Bits(number):x16}");
                break;
            case null:
                Line(key, "null");
                break;
            default:
                throw new InvalidOperationException($"{key}: {value.GetType()}");
        }
    }

    /// <summary>As ECMA-262's QuoteJSONString.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isPair = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (isPair)
            {
                quoted.Append(c).Append(text[++i]);
                continue;
            }

            _ = c switch
            {
                '\b' => quoted.Append("\\b"),
                '\t' => quoted.Append("\\t"),
                '\n' => quoted.Append("\\n"),
                '\f' => quoted.Append("\\f"),
                '\r' => quoted.Append("\\r"),
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                _ when c < ' ' || char.IsSurrogate(c) => quoted.Append($"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
