using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Tests.Limits.Simulated;

namespace McpWorkflows.Agents.Tests.Limits;

/// <summary>
/// How near a fan-out comes to what an endpoint lets through, in simulated time: with calls that take a twentieth of a second
/// and with calls that take ten.
/// </summary>
public sealed class LimitSimulationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 0.05, 0.92, 0.09)]
    [InlineData(1, 10, 0.95, 0.09)]
    [InlineData(4, 0.05, 0.88, 0.05)]
    [InlineData(4, 1, 0.92, 0.05)]
    [InlineData(12, 0.05, 0.87, 0.03)]
    [InlineData(12, 1, 0.9, 0.03)]
    [InlineData(12, 10, 0.9, 0.03)]
    public void SoManyAtATime_WithoutAWord_AreUsedAlmostWholly(int bound, double service, double throughput, double refused) =>
        Check(() => new(new ConcurrencyBound((0, bound))) { Service = service }, throughput, refused);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    public void SoManyAtATime_FewerForAWhile_AreFollowedDownAndUp(double service) =>
        Check(() => new(new ConcurrencyBound((0, 12), (30 * service, 4), (90 * service, 12))) { Service = service }, 0.85, 0.05);

    [Fact]
    public void SoManyAtATime_InALongRun_AreHardlyEverExceeded() =>
        Check(() => new(new ConcurrencyBound((0, 12))) { Calls = 5_000 }, 0.9, 0.012);

    /// <summary>A short run has no time to learn: of twelve at a time sixteen ask at once.</summary>
    [Fact]
    public void SoManyAtATime_InAShortRun_AreUsedAlmostWholly() =>
        Check(() => new(new ConcurrencyBound((0, 12))) { Service = 0.05, Calls = 300 }, 0.85, 0.05);

    [Theory]
    [InlineData(2, 12, 0.05, 0.8)]
    [InlineData(2, 12, 10, 0.7)]
    [InlineData(4, 12, 1, 0.7)]
    [InlineData(2, 4, 1, 0.85)]
    [InlineData(2, 4, 10, 0.85)]
    public void SoManyAtATime_ForSeveralProcesses_AreSharedWithoutLoss(int clients, int bound, double service, double throughput) =>
        Check(() => new(new ConcurrencyBound((0, bound))) { Clients = clients, Service = service, Calls = service < 1 ? 5_000 : 1_000 }, throughput, 0.15);

    [Theory]
    [InlineData(0.05, 0.85)]
    [InlineData(0.3, 0.93)]
    [InlineData(1, 0.87)]
    public void SoManyPerSecond_WithoutAWord_AreFoundOut(double service, double throughput) =>
        Check(() => new(new RateBound(5, 5)) { Service = service }, throughput, 0.08);

    [Theory]
    [InlineData(0.05)]
    [InlineData(1)]
    [InlineData(5)]
    public void SoManyPerMinute_WithoutAWord_AreFoundOut(double service) =>
        Check(() => new(new RateBound(1, 60)) { Service = service, Calls = 500 }, 0.95, 0.08);

    [Theory]
    [InlineData(5, 5, 0.05, 0.05)]
    [InlineData(5, 5, 1, 0.05)]
    [InlineData(1, 60, 1, 0.06)]
    [InlineData(64, 192, 0.025, 0.04)]
    public void SoManyInSomeTime_WithRetryAfter_AreWaitedForNoLongerThanThat(double perSecond, double burst, double service, double refused) =>
        Check(() => new(new RateBound(perSecond, burst) { TellsWhen = true }) { Service = service }, 0.94, refused);

    [Theory]
    [InlineData(5, 5, 0.05)]
    [InlineData(1, 60, 1)]
    [InlineData(64, 192, 0.025)]
    public void SoManyInSomeTime_ToldByHeaders_AreUsedWhollyAndHardlyEverExceeded(double perSecond, double burst, double service) =>
        Check(() => new(new RateBound(perSecond, burst) { TellsWhen = true, TellsWhatIsLeft = true }) { Service = service }, 0.97, 0.004);

    /// <summary>The minute is used up after seconds; a call that gave up before it ends would be lost.</summary>
    [Fact]
    public void SoManyInEachMinute_WithoutAWord_LoseNoCall() =>
        Check(() => new(new WindowBound(60, 60)) { Calls = 300 }, 0.7, 0.4);

    [Theory]
    [InlineData(FaultKind.RateLimit, 0.1, 0.7)]
    [InlineData(FaultKind.RateLimit, 1, 0.85)]
    [InlineData(FaultKind.Overload, 0.1, 0.6)]
    [InlineData(FaultKind.Overload, 1, 0.75)]
    internal void EndpointThatServesNobodyForEightSeconds_IsUsedAgainAfterThat(FaultKind kind, double service, double throughput) =>
        Check(() => new(new Outage(5 * service, (5 * service) + 8, kind)) { Service = service }, throughput, 0.03);

    /// <param name="throughput">The least part of what the endpoint could do.</param>
    /// <param name="refused">The most refusals per call, those of the first volley aside.</param>
    private void Check(Func<LimitSimulation> simulation, double throughput, double refused)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var run = (simulation() with { Seed = seed }).Run();
            output.WriteLine(run.ToString());
            Assert.Equal(0, run.Failed);
            Assert.InRange(run.Throughput, throughput, 1.05);
            Assert.InRange(run.Refused, 0, refused);
        }
    }
}
