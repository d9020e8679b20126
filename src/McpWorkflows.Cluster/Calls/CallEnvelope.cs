using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Cluster.Calls;

/// <summary>A call as it stands in the ledger: the request, with the workspace as something that another machine can get.</summary>
internal sealed record CallEnvelope
{
    public required int CallNumber { get; init; }

    public required string Prompt { get; init; }

    public required string Label { get; init; }

    public string? Phase { get; init; }

    public required AgentOptions Options { get; init; }

    public string? DefaultModel { get; init; }

    public string? Instructions { get; init; }

    public bool NeedsCost { get; init; }

    public string? AgentTypeJson { get; init; }

    public IReadOnlyList<string> Lessons { get; init; } = [];

    /// <summary>Null: the call gets an empty folder.</summary>
    public RemoteWorkspace? Workspace { get; init; }

    public static CallEnvelope Of(AgentRequest request, RemoteWorkspace? workspace) => new()
    {
        CallNumber = request.CallNumber,
        Prompt = request.Prompt,
        Label = request.Label,
        Phase = request.Phase,
        Options = request.Options,
        DefaultModel = request.DefaultModel,
        Instructions = request.Instructions,
        NeedsCost = request.NeedsCost,
        AgentTypeJson = request.AgentTypeJson,
        Lessons = request.Lessons,
        Workspace = workspace,
    };

    /// <param name="folder">Where the workspace is on this machine.</param>
    public AgentRequest ToRequest(Engine.Dispatch.CallTicket ticket, string folder, IAgentPlace place) => new()
    {
        RunId = ticket.RunId,
        Key = ticket.Key,
        CallNumber = CallNumber,
        Prompt = Prompt,
        Label = Label,
        Phase = Phase,
        // Whatever stands in the repository's checkout is for all calls: each works in a tree of its own.
        Options = Workspace is null ? Options with { Isolation = null } : Options with { Isolation = "worktree" },
        DefaultModel = DefaultModel,
        Workspace = folder,
        Instructions = Instructions,
        Place = place,
        NeedsCost = NeedsCost,
        AgentTypeJson = AgentTypeJson,
        Lessons = Lessons,
    };
}

/// <summary>A folder of a git repository at one commit.</summary>
/// <param name="Repository">Address, without credentials.</param>
/// <param name="Commit">Full hash.</param>
/// <param name="Folder">Within the repository, with slashes; empty for its top.</param>
internal sealed record RemoteWorkspace(string Repository, string Commit, string Folder);
