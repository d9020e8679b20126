using System.Globalization;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>Figures as reports write them.</summary>
internal static class Words
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        { TotalHours: < 48 } => $"{(int)time.TotalHours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };

    /// <summary>What is known of a cost, and what is not.</summary>
    public static string Cost(decimal? cost, int unpriced)
    {
        if (cost is null)
            return unpriced > 0 ? "unknown" : "–";
        return $"{Dollars(cost.Value)}{(unpriced > 0 ? " + unknown" : "")}";
    }

    public static string Dollars(decimal amount) => amount switch
    {
        0 => "$0",
        < 0.01m => string.Create(CultureInfo.InvariantCulture, $"${amount:0.00000}"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"${amount:0.0000}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"${amount:N2}"),
    };

    public static string State(RunState state) => state.ToText().Replace('_', ' ');

    public static string State(DossierCall call) => call switch
    {
        { FromJournal: true } => "from the journal",
        { State: CallState.Succeeded } => "answered",
        { State: CallState.Running } => "at work",
        _ => call.State.ToString().ToLowerInvariant(),
    };

    public static string Count(int count, string one) => count == 1 ? $"1 {one}" : $"{Number(count)} {one}s";
}
