using System.Globalization;
using Jint.Runtime;

namespace McpWorkflows.Engine.Scripting;

/// <summary>The clock a script sees: it stands still between deliveries, in UTC.</summary>
internal sealed class ScriptClock() : DefaultTimeSystem(TimeZoneInfo.Utc, CultureInfo.InvariantCulture)
{
    public DateTimeOffset Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;
}
