// Hosts workflows in a program of its own, without a server: the engine, the journal and the agents as a library.
//
//   dotnet run --project examples/in-process
//   dotnet run --project examples/in-process -- openai/gpt-5-mini runs.db
//
// The arguments: a model, and a file for the journal. Without a model the rehearsal makes the answers up; without a file the
// journal is in memory, and the second run below has to ask its agents again.

using McpWorkflows.Engine.Runs;
using McpWorkflows.Hosting;

const string Script = """
    export const meta = { name: 'name-finder', description: 'Three agents propose, one decides', phases: [{ title: 'Propose' }, { title: 'Decide' }] }
    phase('Propose')
    const NAME = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    const proposals = await parallel([1, 2, 3].map(i => () => agent(`Proposal ${i}: a name for ${args.what}.`, { schema: NAME, label: `proposal ${i}` })))
    phase('Decide')
    const choice = await agent(`Choose the best: ${proposals.map(p => p?.name).join(', ')}`, { label: 'decision' })
    return { proposals, choice }
    """;

await using var host = await WorkflowHost.OpenAsync(
    new WorkflowHostOptions { Model = args.ElementAtOrDefault(0) ?? "rehearsal", JournalPath = args.ElementAtOrDefault(1) },
    CancellationToken.None);

var status = await host.RunAsync(
    Script,
    """{ "what": "a ferry" }""",
    happened => Console.Error.WriteLine($"{happened.Kind}: {happened.PayloadJson}"),
    CancellationToken.None);

Console.WriteLine(status.Run.ResultJson ?? "null");
Console.Error.WriteLine($"{status.Run.State}: {status.Run.Totals.Agents} agents, {status.Run.Totals.OutputTokens} output tokens {status.Run.Error}");

// The whole engine is there, too: a completed run that is resumed becomes a new run, in which what has not changed is
// answered from the journal.
var again = await host.Engine.ResumeAsync(
    new ResumeRun { RunId = status.Run.Id, Script = Script.Replace("Choose the best", "Choose the shortest", StringComparison.Ordinal) },
    CancellationToken.None);
var second = await host.Engine.WaitAsync(again, TimeSpan.FromHours(1), CancellationToken.None);
Console.Error.WriteLine($"{second.Run.State}: {second.Resume?.Reused} agents from the journal, {second.Resume?.Ran} asked");
return status.Run.State == McpWorkflows.Engine.Journal.RunState.Completed ? 0 : 1;
