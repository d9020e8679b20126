using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Settings;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Settings;

public sealed class PoliciesTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string Machine => Path.Combine(folder.Path, "policy.json");

    private string Workspace => Path.Combine(folder.Path, "work");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Caps_OfSeveralFiles_TheStricterWinsAndIsNamed()
    {
        folder.Write("policy.json", """{ "policy": { "agents": 100, "tokens": 1000, "minutes": 30 } }""");
        folder.Write("home/.mcpworkflows/settings.json", """{ "policy": { "agents": 50, "tokens": 5000, "dollars": 2.5 } }""");
        folder.Write("work/.mcpworkflows/settings.json", """{ "policy": { "agents": 70, "concurrency": 4 } }""");

        Assert.Equal(
            new RunCaps
            {
                Agents = new RunCap(50, "policy.agents in ~/.mcpworkflows/settings.json"),
                Tokens = new RunCap(1_000, $"policy.tokens in {Machine}"),
                Dollars = new RunCap(2.5m, "policy.dollars in ~/.mcpworkflows/settings.json"),
                Concurrency = new RunCap(4, "policy.concurrency in .mcpworkflows/settings.json"),
                Time = new RunCap(30, $"policy.minutes in {Machine}"),
            },
            Policies().Caps(Workspace));
    }

    [Theory]
    [InlineData("\"off\"", null, "Workflows are turned off: policy.workflows is \"off\"")]
    [InlineData("\"off\"", "nightly", "Workflows are turned off")]
    [InlineData("\"named\"", null, "This script may not run: policy.workflows in")]
    [InlineData("[\"nightly\", \"acme-*\"]", "weekly", "The workflow 'weekly' may not run")]
    [InlineData("[\"nightly\", \"acme-*\"]", null, "of these names: nightly, acme-*")]
    public void Refuse_WhatTheRuleForbids_NamesItAndItsFile(string rule, string? savedAs, string message)
    {
        folder.Write("policy.json", $$"""{ "policy": { "workflows": {{rule}} } }""");

        var refusal = Policies().Refuse(Workspace, savedAs);

        Assert.Contains(message, refusal);
        Assert.Contains(Machine, refusal);
    }

    [Theory]
    [InlineData("\"named\"", "nightly")]
    [InlineData("[\"acme-*\"]", "ACME-build")]
    [InlineData("\"any\"", null)]
    public void Refuse_WhatTheRuleAllows_IsNull(string rule, string? savedAs)
    {
        folder.Write("policy.json", $$"""{ "policy": { "workflows": {{rule}} } }""");

        Assert.Null(Policies().Refuse(Workspace, savedAs));
    }

    [Fact]
    public void Models_MustBeAllowedByEveryFile()
    {
        folder.Write("policy.json", """{ "policy": { "models": ["anthropic/*", "gpt-5*"] } }""");
        folder.Write("work/.mcpworkflows/settings.json", """{ "policy": { "models": ["*haiku*", "openai/*"], "tools": ["read_*"] } }""");
        var policies = Policies();

        Assert.Null(policies.RefuseModel(Workspace, "anthropic/claude-haiku-5-5"));
        Assert.Null(policies.RefuseModel(Workspace, "openai/gpt-5-mini"));
        Assert.Contains(".mcpworkflows/settings.json allows *haiku*, openai/*", policies.RefuseModel(Workspace, "anthropic/claude-opus-5-5"));
        Assert.Contains($"policy.models in {Machine}", policies.RefuseModel(Workspace, "openai/o3"));
        Assert.Null(policies.RefuseTool(Workspace, "read_file"));
        Assert.Contains("policy.tools in .mcpworkflows/settings.json", policies.RefuseTool(Workspace, "run_command"));
    }

    [Fact]
    public void Rules_WrittenWhileTheServerRuns_HoldAtOnce()
    {
        var policies = Policies();
        Assert.Null(policies.Refuse(Workspace, null));

        folder.Write("policy.json", """{ "policy": { "workflows": "off" } }""");

        Assert.NotNull(policies.Refuse(Workspace, null));
    }

    [Theory]
    [InlineData("""{ "policy": { "agnets": 10 } }""", "policy.agnets is not a known rule. Did you mean \"agents\"?")]
    [InlineData("""{ "policy": { "workflows": "of" } }""", "policy.workflows must be one of off, named, any")]
    [InlineData("""{ "policy": """, "this is not JSON")]
    public void Policy_ThatCannotBeRead_ForbidsEverything(string json, string cause)
    {
        folder.Write("policy.json", json);
        var policies = Policies();

        Assert.Contains(cause, policies.Refuse(Workspace, "nightly"));
        Assert.Contains(cause, policies.RefuseModel(Workspace, "openai/x"));
        Assert.Contains(cause, policies.RefuseTool(Workspace, "read_file"));
        Assert.Throws<SettingsException>(() => policies.Caps(Workspace));
    }

    [Fact]
    public void Variable_AddsAPolicyAndReplacesNone()
    {
        folder.Write("policy.json", """{ "policy": { "workflows": "off" } }""");
        folder.Write("added.json", """{ "policy": { "workflows": "any", "agents": 3 } }""");
        var policies = new Policies(Path.Combine(folder.Path, "home"), Machine, Path.Combine(folder.Path, "added.json"));

        Assert.NotNull(policies.Refuse(Workspace, null));
        Assert.Equal(3, policies.Caps(Workspace).Agents!.Most);
    }

    [Fact]
    public void Variable_ThatNamesNoFile_ForbidsEverything() => Assert.Contains(
        "MCPWORKFLOWS_POLICY names", new Policies(Path.Combine(folder.Path, "home"), Machine, Path.Combine(folder.Path, "gone.json")).Refuse(Workspace, null));

    [Fact]
    public void PlanSettings_OfAProject_OnlyLower()
    {
        folder.Write("home/.mcpworkflows/settings.json", """{ "plan": { "approveAbove": { "agents": 100, "dollars": 5 } } }""");
        folder.Write("work/.mcpworkflows/settings.json", """{ "plan": { "approveAbove": { "agents": 300, "dollars": 2 } } }""");

        var plan = SettingsReader.Read(Path.Combine(folder.Path, "home"), Workspace).Plan;

        Assert.Equal(new PlanSettings { Agents = 100, Dollars = 2 }, plan);
    }

    private Policies Policies() => new(Path.Combine(folder.Path, "home"), Machine, null);
}
