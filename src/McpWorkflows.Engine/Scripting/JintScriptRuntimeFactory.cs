namespace McpWorkflows.Engine.Scripting;

/// <summary>Runs scripts in this process, in Jint.</summary>
public sealed class JintScriptRuntimeFactory : IScriptRuntimeFactory
{
    private const string WarmScript = """
        export const meta = { name: 'warm', description: 'Compiles the paths that every run takes' };
        phase('a');
        const found = await pipeline([1], async n => await agent(`x${n}`, { label: 'x', schema: { type: 'object', properties: {} } }));
        const [one] = await parallel([() => agent('y')]);
        return { found, one };
        """;

    public IScriptRuntime Create() => new JintScriptRuntime();

    /// <summary>
    /// Runs a small script, so that the first real one finds the code compiled. Meant for the background of a
    /// process's start.
    /// </summary>
    public async Task WarmAsync(CancellationToken cancellationToken)
    {
        await using var runtime = Create();
        var time = DateTimeOffset.UnixEpoch;
        var inputs = new Queue<ScriptInput>([new StartScript { Script = WarmScript, FileName = "warm.js", Seed = 1, Time = time, Limits = new ScriptLimits() }]);
        while (inputs.TryDequeue(out var input))
        {
            foreach (var call in (await runtime.TurnAsync(input, cancellationToken).ConfigureAwait(false)).OfType<AgentRequested>())
            {
                inputs.Enqueue(new Deliver { RequestId = call.RequestId, Settlement = new Resolved("{}"), Time = time, SpentTokens = 0, Identity = "" });
            }
        }
    }
}
