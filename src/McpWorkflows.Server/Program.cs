using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Server.CommandLine;

return args is [ScriptProcess.Verb] ? ScriptProcess.Run() : await Commands.RunAsync(args);
