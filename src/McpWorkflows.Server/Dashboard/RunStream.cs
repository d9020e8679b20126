using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpWorkflows.Server.Dashboard;

/// <summary>
/// One run as server-sent events. What happened comes from the journal by its sequence, which is the event's id: whoever
/// connects again says which was the last and misses nothing, whichever process runs the run. What goes on right now, where
/// this process knows it, comes without an id and may be missed.
/// </summary>
internal sealed class RunStream(WorkflowEngine engine, IJournal journal, string runId, TimeProvider time)
{
    private const int Page = 500;
    private const string PlanSnapshot = "plan";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeadAge = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>A commit that failed may come again with the run's end; longer than this nobody waits for what is missing.</summary>
    private static readonly TimeSpan GapPatience = TimeSpan.FromSeconds(5);

    private readonly ArrayBufferWriter<byte> frame = new();
    private readonly Onlooker onlooker = new(engine, runId, time);
    private RunState state;
    private long last;
    private long? gapSince;
    private long headAt;
    private long spokeAt;
    private DateTimeOffset? gateAt;
    private byte[] head = [];
    private string activity = "";

    public async Task ServeAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var run = await engine.FindRunAsync(runId, cancellationToken);
        last = Position(context.Request);
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        await HeadAsync(run, cancellationToken);
        while (true)
        {
            var events = await journal.ReadEventsAsync(runId, last, Page, cancellationToken);
            var told = Told(events);
            if (told > 0)
                Happened(events, told);
            var isNews = events.Take(told).Any(happened => happened.Kind is "state" or "question");
            if (isNews || time.GetElapsedTime(headAt) >= HeadAge)
                await HeadAsync(null, cancellationToken);
            var isHere = Goes();
            if (!isHere)
                await onlooker.LookAsync(state, cancellationToken);
            await SendAsync(response, cancellationToken);
            if (told == Page)
                continue;
            if (isHere || told > 0)
                await Task.Delay(Tick, time, cancellationToken);
            else
                await journal.WaitForChangeAsync(runId, IdleTick, time, cancellationToken);
        }
    }

    /// <summary>The header wins: the browser's own reconnection knows better than the address does.</summary>
    private static long Position(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        || long.TryParse(request.Query["after"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out id) ? id : 0;

    /// <summary>How many of the events follow without a gap, or are to be told all the same.</summary>
    private int Told(IReadOnlyList<RunEvent> events)
    {
        var whole = 0;
        while (whole < events.Count && events[whole].Sequence == last + whole + 1)
            whole++;
        if (whole > 0 || events.Count == 0)
        {
            gapSince = null;
            return whole;
        }

        gapSince ??= time.GetTimestamp();
        return time.GetElapsedTime(gapSince.Value) >= GapPatience ? events.Count : 0;
    }

    private void Happened(IReadOnlyList<RunEvent> events, int count)
    {
        last = events[count - 1].Sequence;
        gapSince = null;
        Frame("journal", PageJson.Write(json => RunViews.Events(json, events.Take(count))), last);
    }

    private async Task HeadAsync(RunRecord? run, CancellationToken cancellationToken)
    {
        headAt = time.GetTimestamp();
        run ??= await engine.FindRunAsync(runId, cancellationToken);
        state = run.State;
        var questions = run.State.HasEnded() ? [] : await journal.ReadQuestionsAsync(runId, cancellationToken);
        var plan = run.State == RunState.Planned ? (await journal.ReadSnapshotsAsync(runId, cancellationToken)).GetValueOrDefault(PlanSnapshot) : null;
        var isHere = engine.FindActivity(runId, DateTimeOffset.MaxValue) is not null;
        var view = PageJson.Write(json => RunViews.Head(json, run, questions, plan, isHere, DateTimeOffset.UnixEpoch));
        if (view.AsSpan().SequenceEqual(head))
            return;

        head = view;
        Frame("head", PageJson.Write(json => RunViews.Head(json, run, questions, plan, isHere, time.GetUtcNow())));
    }

    /// <summary>True while the run is in this process.</summary>
    private bool Goes()
    {
        if (engine.FindActivity(runId, gateAt) is not { } picture)
            return false;

        var isFull = time.GetElapsedTime(spokeAt) >= HeadAge;
        var key = KeyOf(picture);
        if (key == activity && !isFull)
            return true;

        activity = key;
        gateAt = picture.Gate.Count > 0 ? picture.Gate[^1].At : gateAt;
        Frame("activity", PageJson.Write(json => RunViews.Activity(json, picture)));
        return true;
    }

    /// <summary>What makes two pictures differ for a person.</summary>
    private static string KeyOf(RunActivity picture) =>
        $"{picture.Queued} {picture.Totals.OutputTokens} {string.Join(' ', picture.Running.Select(agent => $"{agent.Number}:{agent.Attempt}:{agent.LastAt?.UtcTicks}:{agent.IsQuiet}"))}";

    private void Frame(string name, byte[] data, long? id = null)
    {
        frame.Write(Encoding.ASCII.GetBytes(id is null ? $"event: {name}\ndata: " : $"id: {id}\nevent: {name}\ndata: "));
        frame.Write(data);
        frame.Write("\n\n"u8);
    }

    private async Task SendAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        if (frame.WrittenCount == 0)
        {
            if (time.GetElapsedTime(spokeAt) < Silence)
                return;
            frame.Write(": still here\n\n"u8);
        }

        spokeAt = time.GetTimestamp();
        await response.Body.WriteAsync(frame.WrittenMemory, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        frame.ResetWrittenCount();
    }
}
