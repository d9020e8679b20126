// agents: 4
// state: completed_with_failures
// result: {"unknown":"not found","schema":"TypeError","arrays":"thunks","kept":["fallback",null,"[rehearsed answer to: fine]"]}
// warning: 23:42: agent() refuses this schema
// warning: 24:23: parallel() takes functions, but this is a promise
export const meta = { name: 'rejections', description: 'Matches rejections by pattern, as scripts do' }

async function withRetry(work, { times = 3, delay = 1 } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      if (!(error instanceof Error)) throw new Error('not an Error: ' + error)
      const transient = /rate limit|overloaded|ETIMEDOUT/i.test(error.message) && !/quota/i.test(error.message)
      if (attempt >= times || !transient) throw error
      await new Promise(resolve => setTimeout(resolve, delay * 2 ** attempt))
    }
  }
}

let unknown = null, schema = null, arrays = null
try { await agent('x', { agentType: 'no-such-agent' }) } catch (e) { unknown = /not found/.exec(e.message)?.[0] }
try { await agent('x', { schema: { type: 'array' } }) } catch (e) { schema = e.name }
try { await parallel([agent('eager')]) } catch (e) { arrays = /functions, not promises/.test(e.message) ? 'thunks' : e.message }
let calls = 0
await withRetry(async () => { if (++calls < 3) throw new Error('429: rate limit, overloaded'); return calls })
const kept = await parallel([
  () => withRetry(() => agent('x', { agentType: 'no-such-agent' })).catch(() => 'fallback'),
  () => { throw new Error('synchronous') },
  () => agent('fine'),
])
return { unknown, schema, arrays, kept }
