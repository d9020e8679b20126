using McpWorkflows.Server.Tests.Http;
using McpWorkflows.Server.Tests.Tools;

namespace McpWorkflows.Server.Tests.Conformance;

public class ConformanceTests
{
    // Without sessions nothing but the answer to a request can reach a client of an earlier revision. These need a request
    // from the server to the client in the middle of a tool's call.
    private static readonly string[] StatelessExceptions =
        ["elicitation-sep1034-defaults", "elicitation-sep1330-enums", "tools-call-elicitation", "tools-call-sampling"];

    // Those of revision 2026-07-28 that need no fixtures; server-stateless skips what does.
    private static readonly string[] FixtureFree =
    [
        "tools-list", "resources-list", "prompts-list", "completion-complete", "caching", "http-header-validation",
        "dns-rebinding-protection", "server-sse-multiple-streams", "sep-2164-resource-not-found",
    ];

    [Fact]
    public async Task Fixtures_Requirements20260728_AllPass()
    {
        Suites.Require();
        await using var host = await FixtureHost.StartAsync();

        var report = await ConformanceReport.RunAsync(host.Url, "--requirements", "2026-07-28");

        Suites.Report($"conformance 2026-07-28: {report.Summary}");
        Assert.True(report.Scenarios.Count > 45, report.Output);
        Assert.True(report.Failed.Count == 0, report.Faults);
    }

    [Fact]
    public async Task Fixtures_Requirements20251125_FailOnlyWhatNeedsASession()
    {
        Suites.Require();
        await using var host = await FixtureHost.StartAsync();

        var report = await ConformanceReport.RunAsync(host.Url, "--requirements", "2025-11-25");

        Suites.Report($"conformance 2025-11-25: {report.Summary}; without a session fail {string.Join(", ", report.Failed)}");
        Assert.True(report.Scenarios.Count > 28, report.Output);
        Assert.Equal(StatelessExceptions, report.Failed);
    }

    [Fact]
    public async Task Product_FixtureFreeScenarios_AllPass()
    {
        Suites.Require();
        await using var bench = await HttpBench.StartAsync(new ScriptedAgents());

        foreach (var scenario in FixtureFree)
        {
            var report = await ConformanceReport.RunAsync(bench.Server.Url, "--spec-version", "2026-07-28", "--scenario", scenario);

            Suites.Report($"conformance of the product, {scenario}: {report.Summary}");
            Assert.True(report.Checks.Count > 0, report.Output);
            Assert.True(report.Checks.All(check => check.Status is not ("FAILURE" or "WARNING")), report.Faults);
        }
    }
}
