using System.Diagnostics;
using System.Globalization;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>limits --agents 500 --latency 50 --minute 3000</c>: a fan-out at an endpoint whose limits, for requests and for
/// tokens, admit a tenth of what the agents could ask for. Prints what the limit itself dictates, what the run took, and
/// the requests that were refused.
/// </summary>
internal static class LimitsMode
{
    private const int Tenth = 10;

    /// <summary>Tokens of a request, as the model server counts them: the prompt's, the instructions', the answer's.</summary>
    private const int Input = 180;

    private const int Output = 20;

    private static readonly (string Headers, double TokensPerRequest)[] Cases =
    [
        ("OpenAI", 10 * (Input + Output)),
        ("OpenAI", 0.75 * (Input + Output)),
        ("Anthropic", 10 * (Input + Output)),
        ("RetryAfter", 10 * (Input + Output)),
        ("None", 10 * (Input + Output)),
    ];

    public static async Task<int> RunAsync(Arguments arguments, TextWriter output)
    {
        var agents = arguments.Number("agents", 500);
        var latency = arguments.Number("latency", 50);
        var minute = TimeSpan.FromMilliseconds(arguments.Number("minute", 3000));
        var options = BenchmarkOptions.From(arguments);
        var requests = (double)BenchmarkOptions.Width / Tenth * minute.TotalMilliseconds / Math.Max(1, latency);
        var folder = Directory.CreateTempSubdirectory("mcp-workflows-limits-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "limited.js"), Workload.Script(agents));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{agents} agents, {latency} ms each, {requests:0} requests a minute of {minute.TotalSeconds:0.#} s"));
            await output.WriteLineAsync("| limits told by | scarce | dictated | run | ratio | 429 | extra requests | failed |\n|---|---|---|---|---|---|---|---|");
            foreach (var (headers, tokens) in Cases)
            {
                var limits = new Limits(requests, requests * tokens, minute, headers);
                await output.WriteLineAsync(await MeasureAsync(options, folder, agents, latency, limits));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> MeasureAsync(BenchmarkOptions options, string folder, int agents, int latency, Limits limits)
    {
        await using var model = await ModelProcess.StartAsync(
            latency,
            "--requests", Text(limits.Requests),
            "--tokens", Text(limits.Tokens),
            "--minute", Text(limits.Minute.TotalMilliseconds),
            "--headers", limits.Headers,
            "--usage", $"{Input},{Output}");
        string[] run = ["run", Path.Combine(folder, "limited.js"), "--journal", Path.Combine(folder, Path.GetRandomFileName()), "--model", "openai/test-model", "--workspace", folder, "--json"];
        var start = options.Executable.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [options.Executable, .. run])
            : new ProcessStartInfo(options.Executable, run);
        start.Environment["OPENAI_BASE_URL"] = model.BaseUrl;
        start.Environment["OPENAI_API_KEY"] = "test-key";
        var process = await MeasuredProcess.RunAsync(start);
        var log = await model.ReadLogAsync();
        var dictated = Math.Max((agents - limits.Requests) / limits.Requests, (((double)agents * (Input + Output)) - limits.Tokens) / limits.Tokens) * limits.Minute.TotalSeconds;
        // From the first request to the last answer: the start of the process is not the limit's.
        var took = (log.LastAnswerAt!.Value - log.FirstCallAt!.Value).TotalSeconds;
        var failed = process.ExitCode == 0 ? 0 : agents - (log.Calls - log.Limited);
        var scarce = limits.Tokens < limits.Requests * (Input + Output) ? "tokens" : "requests";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {limits.Headers} | {scarce} | {dictated:0.00} s | {took:0.00} s | {took / dictated:0.00} | {log.Limited} | {100.0 * (log.Calls - agents) / agents:0.0}% | {failed} |");
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Per minute.</summary>
    private sealed record Limits(double Requests, double Tokens, TimeSpan Minute, string Headers);
}
