// One of the two TypeScript clients, over one transport: connects, lists, runs a workflow, reads its result.
// Usage: node typescript-client.mjs sdk|client URL | sdk|client COMMAND ARGUMENT...
import assert from 'node:assert/strict'

const [generation, target, ...rest] = process.argv.slice(2)
const overHttp = target.startsWith('http')
const info = { name: 'typescript-client-test', version: '1.0.0' }

const [{ Client }, { StreamableHTTPClientTransport }, { StdioClientTransport }] = generation === 'sdk'
  ? await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/client/stdio.js'),
  ])
  : await import('@modelcontextprotocol/client').then(async (all) => [all, all, await import('@modelcontextprotocol/client/stdio')])

const transport = () => overHttp
  ? new StreamableHTTPClientTransport(new URL(target))
  : new StdioClientTransport({ command: target, args: rest, env: { ...process.env }, stderr: 'inherit' })

const client = generation === 'sdk' ? new Client(info) : new Client(info, { versionNegotiation: { mode: 'auto' } })
const connection = transport()
await client.connect(connection)

const { tools } = await client.listTools()
const script = `export const meta = { name: 'one', description: 'One agent' }
return await agent('hello', { schema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] } })`
const started = await client.callTool({ name: 'start_workflow', arguments: { script, model: 'rehearsal', waitSeconds: 30 } })
assert.ok(!started.isError, JSON.stringify(started))
assert.deepEqual(JSON.parse(started.content[0].text), started.structuredContent)
const refused = await client.callTool({ name: 'get_status', arguments: { runId: 'wf_none' } })
assert.equal(refused.isError, true)

const run = await client.readResource({ uri: `workflow://runs/${started.structuredContent.runId}` })
const guide = await client.readResource({ uri: 'workflow://guide' })
const { prompts } = await client.listPrompts()
const prompt = await client.getPrompt({ name: 'author-workflow', arguments: { job: 'count the files' } })
const completed = await client.complete({
  ref: { type: 'ref/resource', uri: 'workflow://runs/{id}' },
  argument: { name: 'id', value: started.structuredContent.runId.slice(0, 5) },
})

console.log(JSON.stringify({
  version: client.getNegotiatedProtocolVersion?.() ?? connection.protocolVersion ?? null,
  server: client.getServerVersion()?.name,
  tools: tools.map((tool) => tool.name),
  state: started.structuredContent.state,
  runState: JSON.parse(run.contents[0].text).state,
  guide: guide.contents[0].text.length,
  prompts: prompts.map((found) => found.name),
  asksForTheJob: prompt.messages[0].content.text.includes('count the files'),
  completed: completed.completion.values.length,
}))
await client.close()
