using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace McpWorkflows.Engine.Runs;

/// <summary>JSON with the keys of every object sorted by their bytes and without white space.</summary>
internal static class CanonicalJson
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };

    public static byte[] Of(string json)
    {
        using var document = JsonDocument.Parse(json, Deep);
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        Write(document.RootElement, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement element, ArrayBufferWriter<byte> buffer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(element, buffer);
                break;
            case JsonValueKind.Array:
                var separator = "["u8;
                foreach (var item in element.EnumerateArray())
                {
                    buffer.Write(separator);
                    Write(item, buffer);
                    separator = ","u8;
                }

                buffer.Write(element.GetArrayLength() == 0 ? "[]"u8 : "]"u8);
                break;
            default:
                // As written: strings with lone surrogates have no other reading.
                buffer.Write(JsonMarshal.GetRawUtf8Value(element));
                break;
        }
    }

    private static void WriteObject(JsonElement element, ArrayBufferWriter<byte> buffer)
    {
        var properties = element.EnumerateObject()
            .Select(property => (Name: JsonMarshal.GetRawUtf8PropertyName(property).ToArray(), property.Value)).ToList();
        properties.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));

        buffer.Write("{"u8);
        for (var i = 0; i < properties.Count; i++)
        {
            buffer.Write(i == 0 ? "\""u8 : ",\""u8);
            buffer.Write(properties[i].Name);
            buffer.Write("\":"u8);
            Write(properties[i].Value, buffer);
        }

        buffer.Write("}"u8);
    }
}
