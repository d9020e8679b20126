// agents: 3
// result: {"budget":3,"phase":"inner","log":["a","b"],"args":"mine"}
export const meta = { name: 'shadowed', description: 'Uses the names of globals for itself' }

const budget = { limit: 3, used: 0 }
const parallel = items => Promise.all(items.map(item => item()))
const lines = []
const log = (...parts) => lines.push(parts.join(' '))
function workflow(phase, agent) { return agent(`do ${phase}`, phase) }
args = args ?? 'mine'
{
  let console = { log: x => lines.push(x) }
  console.log('a')
}
log('b')
const run = async (phase, agent) => { budget.used++; await agent(`as ${phase}`); return phase }
await parallel([() => run('one', agent), () => run('two', agent)])
const phase = await workflow('inner', async (text, phase) => { budget.used++; await agent(text); return phase })
return { budget: budget.used, phase, log: lines, args }
