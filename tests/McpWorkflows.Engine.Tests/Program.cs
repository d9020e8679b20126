using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Engine.Tests.ScriptProcesses;

// The tests, or a process that one of them started.
return args switch
{
    [ScriptProcess.Verb] => ScriptProcess.Run(),
    [ConfinedProbe.Verb] => await ConfinedProbe.RunAsync(),
    [ParentProbe.Verb] => await ParentProbe.RunAsync(),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
