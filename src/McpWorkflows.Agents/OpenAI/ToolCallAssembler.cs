using System.Text;
using System.Text.Json;
using McpWorkflows.Agents.Schemas;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.OpenAI;

/// <summary>Tool calls arrive in fragments, several interleaved; this puts them together.</summary>
internal sealed class ToolCallAssembler
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true };

    private List<Pending>? _calls;

    public void Add(JsonElement fragment)
    {
        if (fragment.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var function = fragment.TryGetProperty("function", out var member) && member.ValueKind == JsonValueKind.Object ? member : default;
        var id = Text(fragment, "id");
        var name = Text(function, "name");
        var call = Find(fragment, id, name);
        call.Id ??= id;
        if (name is not null && call.Name != name)
        {
            call.Name += name;
        }

        if (function.ValueKind == JsonValueKind.Object && function.TryGetProperty("arguments", out var arguments))
        {
            call.Arguments.Append(arguments.ValueKind switch
            {
                JsonValueKind.String => JsonText.Read(arguments),
                JsonValueKind.Object => arguments.GetRawText(),
                _ => null,
            });
        }
    }

    public void AppendTo(IList<AIContent> contents)
    {
        for (var index = 0; index < (_calls?.Count ?? 0); index++)
        {
            var call = _calls![index];
            contents.Add(Finished(call, call.Id ?? $"call_{index + 1}"));
        }
    }

    private Pending Find(JsonElement fragment, string? id, string? name)
    {
        _calls ??= [];
        if (fragment.TryGetProperty("index", out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var index))
        {
            // Servers that give every whole call the index 0 give it an id of its own.
            var known = _calls.FindLast(call => call.Index == index);
            return known is null || (id is not null && known.Id is not null && known.Id != id) ? Start(index) : known;
        }

        var last = _calls.Count > 0 ? _calls[^1] : null;
        return last is null || (id is not null && id != last.Id) || (id is null && name is not null) ? Start(null) : last;
    }

    private Pending Start(int? index)
    {
        var call = new Pending { Index = index };
        _calls!.Add(call);
        return call;
    }

    private static FunctionCallContent Finished(Pending call, string id)
    {
        var text = call.Arguments.Length == 0 ? "{}" : call.Arguments.ToString();
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in document.RootElement.Clone().EnumerateObject())
                {
                    arguments[property.Name] = property.Value;
                }

                return new FunctionCallContent(id, call.Name ?? "", arguments) { RawRepresentation = text };
            }

            return Invalid(new JsonException("The arguments are not a JSON object."));
        }
        catch (JsonException exception)
        {
            return Invalid(exception);
        }

        FunctionCallContent Invalid(Exception exception) => new(id, call.Name ?? "") { Exception = exception, RawRepresentation = text };
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private sealed class Pending
    {
        public int? Index { get; init; }

        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
