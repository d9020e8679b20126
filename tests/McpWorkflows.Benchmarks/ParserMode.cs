using System.Diagnostics;
using System.Globalization;
using System.Text;
using Acornima;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>parser --kit FOLDER --rounds 10</c>: parses real sources here and with acorn on node, in turn, and prints both. The
/// folder is a copy of <c>.ci/conformance</c> with its packages installed. Exit code 1 when the parser takes twice as
/// long as acorn or longer.
/// </summary>
internal static class ParserMode
{
    private const double MostTimesAcorn = 2;

    /// <summary>Scripts, and modules where the name ends in <c>.mjs</c>; about 13 MB.</summary>
    private static readonly string[] Sources =
    [
        "typescript/lib/typescript.js", "terser/dist/bundle.min.js", "react-dom/cjs/react-dom-client.development.js", "lodash/lodash.js",
        "vue/dist/vue.global.js", "moment/moment.js", "jquery/dist/jquery.js", "jquery/dist/jquery.min.js", "rxjs/dist/bundles/rxjs.umd.js",
        "mobx/dist/mobx.mjs", "acorn/dist/acorn.mjs",
    ];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var kit = arguments.Find("kit") ?? Environment.GetEnvironmentVariable("MCPWORKFLOWS_CONFORMANCE")
            ?? throw new ArgumentException("Name the folder of the conformance packages with --kit.");
        var rounds = arguments.Number("rounds", 10);
        var paths = Sources.Select(source => Path.Combine(kit, "node_modules", source)).ToArray();

        var acorn = await AcornAsync(kit, rounds, paths);
        var own = Own(rounds, paths);
        var again = await AcornAsync(kit, rounds, paths);
        acorn = (Math.Min(acorn.Cold, again.Cold), Math.Min(acorn.Best, again.Best));

        var megabytes = paths.Sum(path => new FileInfo(path).Length) / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{paths.Length} sources, {megabytes:0.0} MB, best of {rounds} after one cold"));
        Console.WriteLine("| parser | cold | best | speed |\n|---|---|---|---|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| ours | {own.Cold:0} ms | {own.Best:0} ms | {megabytes / own.Best * 1000:0.0} MB/s |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| acorn on node | {acorn.Cold:0} ms | {acorn.Best:0} ms | {megabytes / acorn.Best * 1000:0.0} MB/s |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours/acorn: cold {own.Cold / acorn.Cold:0.00}, best {own.Best / acorn.Best:0.00}"));
        return own.Best < MostTimesAcorn * acorn.Best ? 0 : 1;
    }

    private static (double Cold, double Best) Own(int rounds, string[] paths)
    {
        var sources = paths.Select(path => (Text: File.ReadAllText(path), IsModule: path.EndsWith(".mjs", StringComparison.Ordinal))).ToArray();
        var cold = Time(sources);
        var best = cold;
        for (var round = 0; round < rounds; round++)
        {
            best = Math.Min(best, Time(sources));
        }

        return (cold, best);
    }

    private static double Time((string Text, bool IsModule)[] sources)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var (text, isModule) in sources)
        {
            _ = isModule ? (Acornima.Ast.Program)new Parser().ParseModule(text) : new Parser().ParseScript(text);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<(double Cold, double Best)> AcornAsync(string kit, int rounds, string[] paths)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(kit, "acorn.mjs"), "speed", $"{rounds}", .. paths])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var times = output.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        return (times[0], times[1]);
    }
}
