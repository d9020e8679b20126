using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// What a person's resume found and dropped, stored as a snapshot before the script starts, so that the recovery of a
/// resume that crashed treats timers as the resume did.
/// </summary>
/// <param name="Boundary">The highest place before the resume.</param>
/// <param name="Dropped">Items to be run again, with the place each had.</param>
/// <param name="ScriptStart">What the clock shows until the first delivery.</param>
internal sealed record ResumeMarker(long Boundary, IReadOnlyDictionary<ItemKey, long> Dropped, DateTimeOffset ScriptStart)
{
    private const string Prefix = "resume:";

    /// <summary>The marker of the last resume, or null.</summary>
    public static ResumeMarker? Last(IReadOnlyDictionary<string, string> snapshots) =>
        Count(snapshots) is > 0 and var count ? Parse(snapshots[Prefix + count.ToString(CultureInfo.InvariantCulture)]) : null;

    public SnapshotTaken ToEntry(IReadOnlyDictionary<string, string> snapshots) =>
        new(Prefix + (Count(snapshots) + 1).ToString(CultureInfo.InvariantCulture), ToJson());

    public static bool IsMarker(string snapshotKey) => snapshotKey.StartsWith(Prefix, StringComparison.Ordinal);

    private static int Count(IReadOnlyDictionary<string, string> snapshots) => snapshots.Keys.Count(IsMarker);

    private string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("boundary", Boundary);
            writer.WriteString("scriptStart", ScriptStart);
            writer.WriteStartArray("dropped");
            foreach (var (key, place) in Dropped)
            {
                writer.WriteStartObject();
                writer.WriteString("kind", key.Kind.ToString());
                writer.WriteString("hash", key.Hash);
                writer.WriteNumber("ordinal", key.Ordinal);
                writer.WriteNumber("place", place);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static ResumeMarker Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var dropped = root.GetProperty("dropped").EnumerateArray().ToDictionary(
            item => new ItemKey(
                Enum.Parse<ItemKind>(item.GetProperty("kind").GetString()!),
                item.GetProperty("hash").GetString()!,
                item.GetProperty("ordinal").GetInt32()),
            item => item.GetProperty("place").GetInt64());
        return new ResumeMarker(root.GetProperty("boundary").GetInt64(), dropped, root.GetProperty("scriptStart").GetDateTimeOffset());
    }
}
