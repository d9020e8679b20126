using System.Globalization;
using System.Text;

namespace McpWorkflows.Server.Tests.Fixtures;

/// <summary>Fixtures too large to be read in the repository, each as large in its own way as real ones get.</summary>
internal static class LargeScripts
{
    public static IReadOnlyList<string> Names { get; } = ["long-prompt", "two-hundred-agents", "handbook", "router", "data-table"];

    public static string Create(string name) => name switch
    {
        "long-prompt" => LongPrompt(),
        "two-hundred-agents" => TwoHundredAgents(),
        "handbook" => Handbook(),
        "router" => Router(),
        "data-table" => DataTable(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such script."),
    };

    /// <summary>A prompt of 81 KB, put together from hundreds of lines with <c>+</c>, an answer in the middle of it.</summary>
    private static string LongPrompt()
    {
        var script = Begin("long-prompt", agents: 2, result: "true");
        script.AppendLine("const prompt =");
        for (var i = 0; i < 1_100; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"  `Rule {i}: when the diff touches \\`module-{i % 37}\\`, say \"why\", don't guess ({(i == 700 ? "${(await agent('first')).length > 0}" : $"${{{i} % 7}}")}).\\n` +\n");
        }

        return script.AppendLine("  ''\nconst answer = await agent(prompt.padEnd(81_000, '.'), { label: 'long' })\nreturn prompt.length > 70_000 && answer.length > 0").ToString();
    }

    /// <summary>224 agents on tiny input, a hundred of them wanted at once.</summary>
    private static string TwoHundredAgents() => Begin("two-hundred-agents", agents: 224, result: """{"all":224}""").Append("""
        const items = Array.from({ length: 100 }, (_, i) => i)
        const SCHEMA = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
        const first = await parallel(items.map(i => () => agent(`Item ${i}`, { label: `item ${i}`, phase: 'Fan out', schema: SCHEMA })))
        const second = await pipeline(items.slice(0, 62),
          i => agent(`Again ${i}: ${first[i].ok}`, { phase: 'Pipeline' }),
          (text, i) => agent(`Check ${i}: ${text}`, { phase: 'Pipeline', label: undefined }))
        return { all: first.filter(Boolean).length + 2 * second.filter(Boolean).length }

        """).ToString();

    /// <summary>200 KB of functions, templates and comments, of which little runs.</summary>
    private static string Handbook()
    {
        var script = Begin("handbook", agents: 12, result: "\"12 of 600\"");
        script.AppendLine("const sections = new Map()");
        for (var i = 0; i < 600; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $$"""
                /** Section {{i}}. import nothing; `eval` nothing. */
                async function section{{i}}({ depth = {{i % 5}}, tags: [first = 'none', ...others] = [] } = {}, ...rest) {
                  const matcher = /^(?<area>[\w-]+)\/(?:{{i}}|x{{i}})(?=\.js$)/u
                  if (!matcher.test(`core/{{i}}.js`) || depth > {{i % 5}} + 1) return null
                  return await agent(`Section {{i}} (\${depth}): ${first}, ${others?.length ?? 0} more, ${rest.map(r => `<${r}>`).join('')}`, { label: 'section {{i}}' })
                }
                sections.set({{i}}, section{{i}});


                """);
        }

        return script.AppendLine("const chosen = [...sections].filter(([i]) => i % 50 === 7).map(([, f]) => f)\nconst done = await parallel(chosen.map(f => () => f({ tags: ['a', 'b'] }, 1)))\nreturn `${done.filter(Boolean).length} of ${sections.size}`").ToString();
    }

    /// <summary>A ladder of 700 else-ifs, each of which may ask an agent.</summary>
    private static string Router()
    {
        var script = Begin("router", agents: 3, result: """["0","[rehearsed answer to: route 350]","none"]""");
        script.AppendLine("async function route(kind) {\n  let answer");
        for (var i = 0; i < 700; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"  {(i == 0 ? "" : "else ")}if (kind === 'kind-{i}') {{\n    answer = await agent(`route {i}`) // {i}\n    if (kind.endsWith('-0')) return '0'\n  }}\n");
        }

        return script.AppendLine("  else answer = 'none'\n  return answer\n}\nawait agent('ready')\nreturn [await route('kind-0'), await route('kind-350'), await route('kind-9999')]").ToString();
    }

    /// <summary>A table of 100 KB within the script, as people paste it.</summary>
    private static string DataTable()
    {
        var script = Begin("data-table", agents: 5, result: """{"rows":1200,"open":400}""");
        script.AppendLine("const rows = [");
        for (var i = 0; i < 1_200; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"  {{ id: 'T-{i:0000}', title: \"Ticket \\u{{1F41B}} {i}: \\\"it's\\\" slow\", state: {(i % 3 == 0 ? "'open'" : "'done'")}, tags: ['a{i % 9}', , null], size: {i}e-2 }},\n");
        }

        return script.AppendLine("]\nconst open = rows.filter(({ state }) => state === 'open')\nawait pipeline([0, 1, 2, 3, 4], n => agent(`Cluster ${JSON.stringify(open.slice(n * 80, n * 80 + 80))}`))\nreturn { rows: rows.length, open: open.length }").ToString();
    }

    private static StringBuilder Begin(string name, int agents, string result) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"// agents: {agents}\n// result: {result}\n")
        .Append(CultureInfo.InvariantCulture, $"export const meta = {{ name: '{name}', description: 'As large as real ones get' }}\n");
}
