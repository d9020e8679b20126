using McpWorkflows.Cluster.Broker;
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
        try
        {
            return BrokerAddress.Normalize(stated.Trim());
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--dispatch (or {Variable}, or the setting \"dispatch\") {wrong.Message}. Write amqp://USER:PASSWORD@HOST:5672/VHOST, or amqps for TLS.");
        }
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
    public static string Describe(Uri address) => BrokerAddress.Describe(address);
}
