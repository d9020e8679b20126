using System.Globalization;
using McpWorkflows.Server.Tests.Conformance;

namespace McpWorkflows.Server.Tests.Crash;

/// <summary>
/// Real servers, killed with SIGKILL at random moments and started again. The seed of the day is printed;
/// <c>MCPWORKFLOWS_CRASH_SEED</c> repeats one, <c>MCPWORKFLOWS_CRASH_KILLS</c> sets the number of kills per scenario.
/// </summary>
public sealed class CrashTests
{
    private const int KillsPerRun = 6;

    private static readonly int Kills = Number("MCPWORKFLOWS_CRASH_KILLS") ?? 6;

    private static readonly int Seed = Number("MCPWORKFLOWS_CRASH_SEED") ?? Random.Shared.Next(1_000_000);

    public static TheoryData<string> Scenarios => [.. CrashScenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Run_KilledAtRandomMomentsAndResumed_LosesNothingAndPaysNothingTwice(string name)
    {
        var scenario = CrashScenario.All.Single(one => one.Name == name);
        var (result, requests) = await CrashRun.UndisturbedAsync(scenario);
        var (kills, runs, again) = (0, 0, 0);
        for (var seed = Seed; kills < Kills; seed++)
        {
            var run = new CrashRun(scenario, new Random(seed), TestContext.Current.CancellationToken);
            try
            {
                await run.ToEndAsync(Math.Min(KillsPerRun, Kills - kills), result, requests);
            }
            catch (Exception)
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"To repeat: MCPWORKFLOWS_CRASH_SEED={seed}");
                throw;
            }

            kills += run.Kills;
            again += run.AskedAgain;
            runs++;
        }

        var report = $"{name}: seed {Seed}, {runs} runs of {requests.Values.Sum()} calls, {kills} kills, {again} calls asked again, none that was on disk";
        Suites.Report(report);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
