#if OLDER_SQLITE_BINDING
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace McpWorkflows.Journal.Binding;

/// <summary>
/// Lets Microsoft.Data.Sqlite run on an older SQLitePCLRaw than the one it was built against: the loader refuses a
/// lower assembly version, so the name is resolved again without one.
/// </summary>
internal static class OlderSqliteBinding
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Must run before any type of this assembly touches SQLite.")]
    internal static void Initialize()
    {
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Version is not null && name.Name?.StartsWith("SQLitePCLRaw.", StringComparison.Ordinal) == true
                ? context.LoadFromAssemblyName(new AssemblyName(name.Name))
                : null;
        SQLitePCL.Batteries_V2.Init();
    }
}
#endif
