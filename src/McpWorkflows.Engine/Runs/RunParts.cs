using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>What all runs of an engine share.</summary>
internal sealed record RunParts(
    EngineOptions Options,
    IJournal Journal,
    IAgentHost Agents,
    IScriptRuntimeFactory Scripts,
    IWorkflowCatalog Catalog,
    TimeProvider Time,
    IIdSource Ids,
    AgentGate Gate,
    QuotaWalls Walls,
    IRunPolicy Policy);
