// agents: 2
// result: {"greeting":"[rehearsed answer to: Greet the world]","phases":["one","two"]}
export const meta = { name: 'default-export', description: 'The form that guides teach', phases: [{ title: 'one' }, { title: 'two' }] }

const seen = []
const track = (phase, title) => { phase(title); seen.push(title) }

export default async function ({ agent, phase, log, args: { who = 'world' } = {} }) {
  track(phase, 'one')
  const greeting = await agent(`Greet the ${who}`)
  track(phase, 'two')
  await agent(`Translate: ${greeting}`)
  log('done')
  return { greeting, phases: seen }
}
