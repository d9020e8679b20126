using System.Globalization;
using System.Text.RegularExpressions;

namespace McpWorkflows.Agents.Faults;

/// <summary>Finds in an endpoint's words when a spent quota is filled again.</summary>
internal static partial class QuotaReset
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(40);

    /// <summary>Null where the words do not say, or say something that cannot be meant.</summary>
    public static DateTimeOffset? Find(string text, DateTimeOffset now) =>
        Likely(Moment(text), now) ?? Likely(UnixTime(text), now) ?? Likely(now + Duration(text), now) ?? Likely(TimeOfDay(text, now), now);

    private static DateTimeOffset? Likely(DateTimeOffset? found, DateTimeOffset now) => found > now && found < now + Furthest ? found : null;

    private static DateTimeOffset? Moment(string text) =>
        MomentPattern().Match(text) is { Success: true } match
        && DateTimeOffset.TryParse(
            match.Value.Replace(" at ", " ", StringComparison.Ordinal).Replace("UTC", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : null;

    private static DateTimeOffset? UnixTime(string text) =>
        UnixPattern().Match(text) is { Success: true } match ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(match.Value, CultureInfo.InvariantCulture)) : null;

    private static TimeSpan? Duration(string text)
    {
        if (DurationPattern().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var seconds = 0.0;
        for (var index = 0; index < match.Groups["number"].Captures.Count; index++)
        {
            var number = double.Parse(match.Groups["number"].Captures[index].Value, CultureInfo.InvariantCulture);
            seconds += number * char.ToLowerInvariant(match.Groups["unit"].Captures[index].Value[0]) switch { 'd' => 86_400, 'h' => 3_600, 'm' => 60, _ => 1 };
        }

        return seconds is > 0 and < 1e8 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary><c>resets at 3:30pm (Europe/Berlin)</c>: the next time that it is so late there; in UTC where no place is named.</summary>
    private static DateTimeOffset? TimeOfDay(string text, DateTimeOffset now)
    {
        if (TimePattern().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var hour = int.Parse(match.Groups["hour"].Value, CultureInfo.InvariantCulture) % 12;
        hour += match.Groups["half"].Value.StartsWith("p", StringComparison.OrdinalIgnoreCase) ? 12 : 0;
        var minute = match.Groups["minute"] is { Success: true } minutes ? int.Parse(minutes.Value, CultureInfo.InvariantCulture) : 0;
        var zone = match.Groups["zone"] is { Success: true } place && TimeZoneInfo.TryFindSystemTimeZoneById(place.Value, out var named) ? named : TimeZoneInfo.Utc;
        var there = TimeZoneInfo.ConvertTime(now, zone);
        var local = there.Date.AddHours(hour).AddMinutes(minute);
        local = local > there.DateTime ? local : local.AddDays(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d(?:T| at | )\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC|[+-]\d\d:?\d\d))?")]
    private static partial Regex MomentPattern();

    [GeneratedRegex(@"(?<=limit reached\s*\|\s*)\d{10}(?!\d)", RegexOptions.IgnoreCase)]
    private static partial Regex UnixPattern();

    [GeneratedRegex(@"\b(?:in|after)\s+(?:(?<number>\d+(?:\.\d+)?)\s*(?<unit>d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?![a-z])[\s,]*(?:and\s+)?)+", RegexOptions.IgnoreCase)]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"\breset\w*\s+(?:at\s+)?(?<hour>\d{1,2})(?::(?<minute>\d\d))?\s*(?<half>[ap]m)\b(?:\s*\((?<zone>[\w/+-]+)\))?", RegexOptions.IgnoreCase)]
    private static partial Regex TimePattern();
}
