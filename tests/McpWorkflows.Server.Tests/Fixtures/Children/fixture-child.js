export const meta = { name: 'fixture-child', description: 'What child-workflows.js runs' }
if (args.depth > 0) return await workflow({ scriptPath: 'flows/child.js' }, 1)
const answer = await agent(`Count the letters of ${args.topic}`)
return `${args.topic}: ${answer.length}`
