using McpWorkflows.Journal;
using McpWorkflows.Server.Settings;

namespace McpWorkflows.Server.Composition;

/// <summary>Where the message broker is by which agents are run on workers.</summary>
internal static class DispatchAddress
{
    /// <summary>Environment variable that names it.</summary>
    public const string Variable = "MCPWORKFLOWS_DISPATCH";

    /// <summary>What the command line says, else the environment, else the settings; null where nobody says anything. Throws <see cref="UsageException"/>.</summary>
    public static Uri? Find(string? option, ProductSettings settings)
    {
        var stated = option is { Length: > 0 } ? option : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : settings.Dispatch;
        if (string.IsNullOrWhiteSpace(stated))
            return null;
        // What is wrong with it is not shown: there may be a password in it.
        return Uri.TryCreate(stated.Trim(), UriKind.Absolute, out var address) && address.Scheme is ("amqp" or "amqps") && address.Host.Length > 0
            ? address
            : throw new UsageException($"--dispatch (or {Variable}, or the setting \"dispatch\") is no address of a RabbitMQ. Write amqp://USER:PASSWORD@HOST:5672/VHOST, or amqps for TLS.");
    }

    /// <summary>Throws <see cref="UsageException"/> for a journal that workers on other machines cannot reach.</summary>
    public static void RequireServer(string? journal)
    {
        var path = JournalPath.Resolve(journal);
        if (!JournalPath.IsServer(path))
        {
            throw new UsageException(
                $"Workers need a journal in PostgreSQL, and this one is the file {path}. Name one with --journal postgres://USER@HOST:5432/DATABASE or {JournalPath.Variable}, or leave --dispatch out.");
        }
    }

    /// <summary>For people: without user and password.</summary>
    public static string Describe(Uri address) => $"{address.Scheme}://{address.Host}:{(address.Port > 0 ? address.Port : address.Scheme == "amqps" ? 5671 : 5672)}{address.AbsolutePath}";
}
