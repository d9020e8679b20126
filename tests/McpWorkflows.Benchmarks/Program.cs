using McpWorkflows.Benchmarks;

// Measures the real executable against a model server in a process of its own; see BenchmarkOptions for the options.
return args switch
{
    ["model-server", .. var rest] => await ModelServerMode.RunAsync(Arguments.Parse(rest)),
    ["parser", .. var rest] => await ParserMode.RunAsync(Arguments.Parse(rest)),
    ["journal", .. var rest] => await JournalMode.RunAsync(Arguments.Parse(rest)),
    ["cluster-costs", .. var rest] => await ClusterCosts.RunAsync(Arguments.Parse(rest), Console.Out),
    ["cluster-simulation", .. var rest] => ClusterSimulation.Run(Arguments.Parse(rest), Console.Out),
    ["floor", .. var rest] => await FloorMode.RunAsync(Arguments.Parse(rest)),
    ["limits", .. var rest] => await LimitsMode.RunAsync(Arguments.Parse(rest), Console.Out),
    ["scripts", .. var rest] => await ScriptBoundary.RunAsync(BenchmarkOptions.From(Arguments.Parse(rest)), Console.Out),
    _ => await Benchmark.RunAsync(BenchmarkOptions.From(Arguments.Parse(args)), Console.Out),
};
