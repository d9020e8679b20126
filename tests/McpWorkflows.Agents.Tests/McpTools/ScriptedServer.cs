using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Tests.Harness;

namespace McpWorkflows.Agents.Tests.McpTools;

/// <summary>A real MCP server in a process of its own, written without any SDK; it notes each start in a file.</summary>
internal sealed class ScriptedServer(TempFolder folder)
{
    private const string Program = """
        const fs = require('node:fs');
        const [starts, name] = process.argv.slice(2).map(word => word.replace('name=', ''));
        fs.appendFileSync(starts, process.pid + '\n');
        const tools = ['echo', 'fail', 'picture', 'structured', 'die', 'hang', 'secret'].map(tool => ({
          name: tool, description: 'Does ' + tool, inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
        }));
        const text = text => ({ content: [{ type: 'text', text }] });
        const answers = {
          echo: args => text('echo ' + args.text),
          fail: () => ({ ...text('it went wrong'), isError: true }),
          picture: () => ({ content: [{ type: 'image', mimeType: 'image/png', data: 'AAAA' }, { type: 'text', text: 'a dot' }] }),
          structured: () => ({ content: [], structuredContent: { n: 1 } }),
          die: () => process.exit(1),
          hang: () => fs.writeFileSync(starts + '.hung', '\n'),
          secret: () => text(String(process.env.SECRET_KEY) + ' ' + String(process.env.GIVEN)),
        };
        require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
          const { id, method, params } = JSON.parse(line);
          if (id === undefined) return;
          const send = body => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...body }) + '\n');
          if (method === 'initialize')
            send({ result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name, version: '1' } } });
          else if (method === 'tools/list')
            send({ result: { tools } });
          else if (method === 'ping')
            send({ result: {} });
          else if (method === 'tools/call') {
            const result = answers[params.name](params.arguments ?? {});
            if (result) send({ result });
          } else
            send({ error: { code: -32601, message: 'Method not found' } });
        });
        """;

    public McpServerDefinition Definition(string name = "helper") => new()
    {
        Command = "node",
        Args = [folder.Write("../server.js", Program), folder.At("../starts"), $"name={name}"],
        Env = new Dictionary<string, string> { ["GIVEN"] = "given" },
    };

    public int[] Starts => File.Exists(folder.At("../starts"))
        ? [.. File.ReadAllLines(folder.At("../starts")).Select(line => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture))]
        : [];

    /// <summary>A call has come that will not be answered.</summary>
    public Task HungAsync() => ProcessFiles.WrittenAsync(folder.At("../starts.hung"));

    public static void Require() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Join(folder, "node"))),
        "node, in which the server is written, is not installed.");
}
