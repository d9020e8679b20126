using System.Text.Json;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>What a run's events tell beyond its calls: who is at work, and the states that the run went through.</summary>
internal sealed class EventReading
{
    private readonly Dictionary<int, DossierCall> atWork = [];
    private readonly List<StateChange> history = [];

    public IEnumerable<DossierCall> AtWork => atWork.Values;

    public IReadOnlyList<StateChange> History => history;

    public void Take(RunEvent happened)
    {
        if (happened.Kind is not ("call" or "state"))
            return;
        using var document = JsonDocument.Parse(happened.PayloadJson);
        var payload = document.RootElement;
        if (happened.Kind == "state")
            Take(happened.Time, payload);
        else if (payload.TryGetProperty("number", out var number))
            Take(number.GetInt32(), happened.Time, payload);
    }

    private void Take(DateTimeOffset time, JsonElement payload)
    {
        var state = Text(payload, "state") ?? "";
        // A session that begins knows of none at work.
        if (state == "running" && !payload.TryGetProperty("goesOn", out _))
            atWork.Clear();
        var note = Text(payload, "waitingFor") is { } waits
            ? $"for {waits}{(Text(payload, "waitingUntil") is { } until ? $" until {until}" : "")}"
            : Text(payload, "error");
        history.Add(new StateChange(time, state, note));
    }

    private void Take(int number, DateTimeOffset time, JsonElement payload)
    {
        if (Text(payload, "state") == "running")
        {
            atWork[number] = new DossierCall
            {
                Number = number,
                Label = Text(payload, "label") ?? "",
                Phase = Text(payload, "phase"),
                State = CallState.Running,
                StartedAt = time,
            };
        }
        else
        {
            atWork.Remove(number);
        }
    }

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
