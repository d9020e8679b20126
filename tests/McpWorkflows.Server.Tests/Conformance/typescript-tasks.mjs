// The TypeScript client of the 2025-11-25 generation calls start_workflow as a task, over one transport.
// Usage: node typescript-tasks.mjs URL | COMMAND ARGUMENT...
import assert from 'node:assert/strict'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

const [target, ...rest] = process.argv.slice(2)
const client = new Client({ name: 'typescript-tasks-test', version: '1.0.0' })
await client.connect(target.startsWith('http')
  ? new StreamableHTTPClientTransport(new URL(target))
  : new StdioClientTransport({ command: target, args: rest, env: { ...process.env }, stderr: 'inherit' }))
const tasks = client.experimental.tasks
const { tools } = await client.listTools()

const call = async (args) => {
  const messages = []
  for await (const message of tasks.callToolStream({ name: 'start_workflow', arguments: args })) messages.push(message)
  return messages
}
const script = (body) => `export const meta = { name: 'one', description: 'One agent' }\n${body}`
const done = await call({ script: script("return await agent('hello', { schema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] } })"), model: 'rehearsal' })
const failed = await call({ script: script("throw new Error('nothing works')"), model: 'rehearsal' })
const refused = await call({ script: 'const a = ;', model: 'rehearsal' })

// One that waits for nobody but the clock is cancelled; cancelling it again is an error in this revision.
const waiting = await client.request(
  { method: 'tools/call', params: { name: 'start_workflow', task: { ttl: 60000 }, arguments: { script: script("await new Promise(resolve => setTimeout(resolve, 600000))"), model: 'rehearsal' } } },
  (await import('@modelcontextprotocol/sdk/types.js')).CreateTaskResultSchema)
const cancelled = await tasks.cancelTask(waiting.task.taskId)
let again
try { await tasks.cancelTask(waiting.task.taskId) } catch (error) { again = error.message }
let forbidden
try {
  await client.request({ method: 'tools/call', params: { name: 'get_status', task: {}, arguments: {} } }, (await import('@modelcontextprotocol/sdk/types.js')).CreateTaskResultSchema)
} catch (error) { forbidden = error.message }
assert.equal(done[0].type, 'taskCreated')

console.log(JSON.stringify({
  support: Object.fromEntries(tools.map((tool) => [tool.name, tool.execution?.taskSupport ?? 'none'])),
  taskId: done[0].task.taskId,
  statuses: [...new Set(done.filter((message) => message.type === 'taskStatus').map((message) => message.task.status))],
  runId: done.at(-1).result?.structuredContent?.runId,
  state: done.at(-1).result?.structuredContent?.state,
  related: done.at(-1).result?._meta?.['io.modelcontextprotocol/related-task']?.taskId,
  failed: { type: failed.at(-1).type, isError: failed.at(-1).result?.isError, text: failed.at(-1).result?.content?.[0]?.text },
  refused: { type: refused.at(-1).type, message: refused.at(-1).error?.message },
  cancelled: cancelled.status,
  again,
  forbidden,
}))
await client.close()
