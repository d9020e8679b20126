// args: {"entries":["a","b","c","d","e"]}
// agents: 9
// result: {"winner":"a","rounds":3}
export const meta = { name: 'bracket', description: 'Drafts compete in pairs until one is left' }

const JUDGE = { type: 'object', properties: { winner: { type: 'string', enum: ['first', 'second'] }, why: { type: 'string' } }, required: ['winner'] }
let field = await pipeline(args.entries, name => agent(`Draft as ${name}`, { label: `draft ${name}` }), (draft, name) => ({ name, draft }))
let rounds = 0
do {
  rounds++
  const pairs = Array.from({ length: Math.ceil(field.length / 2) }, (_, i) => field.slice(2 * i, 2 * i + 2))
  const winners = await parallel(pairs.map(([first, second]) => async () => {
    if (!second) return first
    const verdict = await agent(`Which is better?\n1: ${first.draft}\n2: ${second.draft}\nRound ${rounds}`, { label: `${first.name} or ${second.name}`, schema: JUDGE })
    return verdict?.winner === 'second' ? second : first
  }))
  field = winners.filter(Boolean)
} while (field.length > 1)
return { winner: field[0].name, rounds }
