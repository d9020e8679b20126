namespace McpWorkflows.Server.Surface;

/// <summary>Where a <see cref="ChangeFeed"/> learns of changes.</summary>
internal interface IChangeSource
{
    /// <summary>Calls back after each change of a list until disposed.</summary>
    IDisposable Watch(Action<ChangedLists> changed);

    /// <summary>A text that changes when the resource does; null for one that does not exist.</summary>
    Task<string?> FingerprintAsync(string uri, CancellationToken cancellationToken);
}

/// <summary>Lists that clients keep.</summary>
[Flags]
internal enum ChangedLists
{
    None = 0,
    Tools = 1,
    Prompts = 2,
    Resources = 4,
}
