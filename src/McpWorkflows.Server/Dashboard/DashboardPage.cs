using McpWorkflows.Server.Composition;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Dashboard;

/// <summary>Makes the page for whoever serves it.</summary>
internal static class DashboardPage
{
    public static DashboardSite Of(Workbench workbench, bool readOnly, ILoggerFactory loggers) =>
        new(workbench, readOnly, loggers.CreateLogger("dashboard"), TimeProvider.System);
}
