using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Processes;

/// <summary>
/// The process that started a program, told well enough apart from later ones with the same number: by the moment of its
/// start, and by the namespace in which its number counts. On Linux alone.
/// </summary>
internal sealed record ProcessOwner(int Id, ulong StartedAt, string Namespace)
{
    /// <summary>Holds the owner in the environment of what it started.</summary>
    public const string Variable = "MCPWORKFLOWS_OWNER";

    private const int StartField = 22;

    private static readonly byte[] VariableMark = Encoding.UTF8.GetBytes($"{Variable}=");

    /// <summary>This process; null where the system does not tell.</summary>
    public static ProcessOwner? Own { get; } = Find(Environment.ProcessId);

    /// <summary>It has ended. False where that cannot be told from here.</summary>
    public bool IsGone => Own is { } own && Namespace == own.Namespace && Find(Id)?.StartedAt != StartedAt;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}.{StartedAt}.{Namespace}");

    /// <summary>Who started the program with that environment; null where nobody of ours did.</summary>
    public static ProcessOwner? Of(ReadOnlySpan<byte> environment)
    {
        while (environment.Length > 0)
        {
            var end = environment.IndexOf((byte)0);
            var entry = end < 0 ? environment : environment[..end];
            if (entry.StartsWith(VariableMark))
            {
                return Parse(Encoding.UTF8.GetString(entry[VariableMark.Length..]));
            }

            environment = end < 0 ? [] : environment[(end + 1)..];
        }

        return null;
    }

    private static ProcessOwner? Parse(string text) =>
        text.Split('.') is [var id, var startedAt, var space]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && ulong.TryParse(startedAt, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new ProcessOwner(number, start, space)
            : null;

    private static ProcessOwner? Find(int id)
    {
        try
        {
            // The name, in parentheses, may hold anything; what follows it does not.
            var stat = OperatingSystem.IsLinux() ? File.ReadAllText($"/proc/{id}/stat") : "";
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var space = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";
            return fields.Length > StartField - 3 && fields[0] is not ("Z" or "X") && ulong.TryParse(fields[StartField - 3], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                ? new ProcessOwner(id, start, new string([.. space.Where(char.IsAsciiDigit)]))
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
