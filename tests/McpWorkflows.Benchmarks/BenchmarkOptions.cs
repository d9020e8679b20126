namespace McpWorkflows.Benchmarks;

/// <summary>What is measured, and how often.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>
    /// <c>--executable</c>: <c>mcp-workflows</c> or its dll. Default: the Release build, else the Debug build, in the
    /// artifacts folder that this program stands in.
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
        var builds = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "McpWorkflows.Server"));
        var name = OperatingSystem.IsWindows() ? "mcp-workflows.exe" : "mcp-workflows";
        return new[] { "release", "debug" }.Select(build => Path.Combine(builds, build, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                "There is no build of the server. Build it with: dotnet build src/McpWorkflows.Server -c Release. Or name one with --executable.");
    }
}
