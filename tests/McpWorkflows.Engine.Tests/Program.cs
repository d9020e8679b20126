using McpWorkflows.Engine.ScriptProcesses;

// The tests, or a script process that one of them started.
return args is [ScriptProcess.Verb]
    ? ScriptProcess.Run()
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
