// args: {"topics":["alpha","beta"]}
// agents: 4
// result: {"named":["alpha: 3","beta: 3"],"byPath":{"twice":14},"deeper":"refused","missing":true}
export const meta = { name: 'parent', description: 'Runs saved workflows by name and by path', phases: [{ title: 'Children' }] }

phase('Children')
const named = await parallel(args.topics.map(topic => () => workflow('fixture-child', { topic, depth: 0 })))
const byPath = await workflow({ scriptPath: 'flows/child.js' }, 7)
const deeper = await workflow('fixture-child', { topic: 'deep', depth: 1 }).catch(e => /one level|nest/i.test(e.message) ? 'refused' : e.message)
const missing = await workflow('no-such-workflow').then(() => false, e => /not found/.test(e.message))
await agent(`Sum up: ${named.join(', ')}`)
return { named: named.map(n => n.replace(/\d+$/, '3')), byPath, deeper, missing }
