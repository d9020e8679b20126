using McpWorkflows.Journal.Tests.Processes;

// The tests, or what one of them asked a process of its own to do.
return args is [JournalChild.Switch, .. var rest]
    ? await JournalChild.RunAsync(rest)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
