// Prints how long a client waits for its first answer from a cold start, and what the tool list costs a model.
// Usage: node figures.mjs SERVER JOURNAL
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const [server, journal] = process.argv.slice(2)
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}
const eras = {
  '2025-11-25': { method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'figures', version: '1' } } },
  '2026-07-28': { method: 'server/discover', params: { _meta: meta } },
}

async function ask(requests) {
  const started = performance.now()
  const child = spawn(server, ['serve', '--journal', journal], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = []
  let first
  const lines = createInterface({ input: child.stdout })
  requests.forEach((request, index) => child.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: index + 1, ...request }) + '\n'))
  for await (const line of lines) {
    first ??= performance.now() - started
    const message = JSON.parse(line)
    if (message.id !== undefined) answers.push(message)
    if (answers.length === requests.length) break
  }
  child.stdin.end()
  await new Promise((resolve) => child.once('exit', resolve))
  return { first, answers }
}

for (const [era, request] of Object.entries(eras)) {
  const times = []
  for (let i = 0; i < 7; i++) times.push((await ask([request])).first)
  times.sort((a, b) => a - b)
  console.log(`cold start to the first answer, ${era} over stdio: ${times[3].toFixed(0)} ms (median of 7, best ${times[0].toFixed(0)})`)
}

const { answers } = await ask([eras['2026-07-28'], { method: 'tools/list', params: { _meta: meta } }])
const { tools } = answers.find((answer) => answer.result?.tools).result
const instructions = answers.find((answer) => answer.result?.instructions).result.instructions
const size = (value) => JSON.stringify(value).length
// What hosts put in front of a model; the whole list also has output schemas and annotations.
const shown = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
console.log(`tool list: ${tools.length} tools, ${Math.ceil(size(tools) / 4)} tokens as sent, ${Math.ceil(size(shown) / 4)} as hosts show them `
  + `(JSON characters / 4); instructions: ${Buffer.byteLength(instructions)} bytes`)
