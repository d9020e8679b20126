using McpWorkflows.Server.CommandLine;

return await Commands.RunAsync(args);
