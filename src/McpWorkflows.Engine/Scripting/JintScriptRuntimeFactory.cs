namespace McpWorkflows.Engine.Scripting;

/// <summary>Runs scripts in this process, in Jint.</summary>
public sealed class JintScriptRuntimeFactory : IScriptRuntimeFactory
{
    public IScriptRuntime Create() => throw new NotImplementedException();
}
