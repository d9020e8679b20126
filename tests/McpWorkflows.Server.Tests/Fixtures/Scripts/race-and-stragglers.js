// agents: 7
// state: completed
// result: {"first":true,"winner":"agent","later":"[rehearsed answer to: stored]","settled":["fulfilled","rejected"]}
// warning: 11:81: agent() refuses this schema
export const meta = { name: 'race', description: 'Agents outside of combinators: raced, stored, forgotten' }

const stored = agent('stored')                       // awaited much later
const first = await Promise.race([agent('fast'), agent('also fast')])
const timeout = ms => new Promise((_, reject) => setTimeout(() => reject(new Error(`timeout after ${ms} ms`)), ms))
const winner = await Promise.race([agent('quick').then(() => 'agent'), timeout(600_000).catch(() => 'timeout')])
const settled = await Promise.allSettled([agent('good'), agent('bad', { schema: 'not a schema' })])
Promise.reject(new Error('nobody awaits me'))        // ends no run
agent('no options either way')
const any = await Promise.any([Promise.reject(new Error('x')), agent('any')])
return { first: first.startsWith('[rehearsed'), winner, later: await stored, settled: settled.map(s => s.status) }
