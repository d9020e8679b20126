using System.Buffers.Binary;
using System.Text;

namespace McpWorkflows.Server.Tests.Telemetry;

/// <summary>A protobuf message, read field by field by the encoding's rules, without a schema.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> fields = [];

    public WireMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add((field, Varint(ref bytes), default));
                    break;
                case 1:
                    fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span), default));
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    fields.Add((field, 0, bytes[..length]));
                    bytes = bytes[length..];
                    break;
                case 5:
                    fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span), default));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} is none of protobuf's.");
            }
        }
    }

    public bool Has(int field) => fields.Any(one => one.Field == field);

    public IEnumerable<WireMessage> Messages(int field) => fields.Where(one => one.Field == field).Select(one => new WireMessage(one.Bytes));

    public WireMessage Message(int field) => Messages(field).FirstOrDefault() ?? new WireMessage(default);

    public string Text(int field) => Encoding.UTF8.GetString(fields.FirstOrDefault(one => one.Field == field).Bytes.Span);

    public string Hex(int field) => Convert.ToHexStringLower(fields.FirstOrDefault(one => one.Field == field).Bytes.Span);

    public ulong Number(int field) => fields.LastOrDefault(one => one.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var at = 0; ; at++)
        {
            var one = bytes.Span[at];
            value |= (ulong)(one & 0x7f) << (7 * at);
            if (one < 0x80)
            {
                bytes = bytes[(at + 1)..];
                return value;
            }
        }
    }
}
