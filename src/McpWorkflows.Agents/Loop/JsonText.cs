using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpWorkflows.Agents.Loop;

/// <summary>Text as a JSON string, without needless escapes.</summary>
internal static class JsonText
{
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
