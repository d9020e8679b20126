namespace McpWorkflows.Benchmarks;

/// <summary>What is measured, and how often.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>
    /// <c>--executable</c>: <c>mcp-workflows</c> or its dll. Default: the published build, else the Release build,
    /// else the Debug build, in the artifacts folder that this program stands in.
    /// </summary>
    public required string Executable { get; init; }

    /// <summary><c>--runs</c>: measured runs per line, after one that does not count. The table shows medians.</summary>
    /// <value>3</value>
    public int Runs { get; init; } = 3;

    /// <summary><c>--calls</c>: agents per run.</summary>
    /// <value>1000</value>
    public int Calls { get; init; } = 1000;

    /// <summary><c>--latencies</c>: milliseconds that the model takes to answer, comma-separated.</summary>
    /// <value>0,50</value>
    public IReadOnlyList<int> Latencies { get; init; } = [0, 50];

    /// <summary>Calls in flight: the server's own default.</summary>
    public static int Width => 16;

    public static BenchmarkOptions From(Arguments arguments) => new()
    {
        Executable = arguments.Find("executable") ?? FindExecutable(),
        Runs = arguments.Number("runs", 3),
        Calls = arguments.Number("calls", 1000),
        Latencies = [.. (arguments.Find("latencies") ?? "0,50").Split(',').Select(int.Parse)],
    };

    private static string FindExecutable()
    {
        var artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
        var name = OperatingSystem.IsWindows() ? "mcp-workflows.exe" : "mcp-workflows";
        return new[] { "publish/McpWorkflows.Server/release", "bin/McpWorkflows.Server/release", "bin/McpWorkflows.Server/debug" }
            .Select(build => Path.Combine(artifacts, build, name))
            .FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                "There is no build of the server. Build it with: dotnet publish src/McpWorkflows.Server. Or name one with --executable.");
    }
}
