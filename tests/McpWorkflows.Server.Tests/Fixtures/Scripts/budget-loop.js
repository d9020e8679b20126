// agents: 9
// result: {"bugs":2,"rounds":3,"left":null}
export const meta = { name: 'hunt', description: 'Looks for bugs until two rounds bring nothing new or the budget runs out' }

const BUGS = { type: 'object', properties: { bugs: { type: 'array', items: { type: 'string' } } }, required: ['bugs'] }
const seen = new Set()
let dry = 0, rounds = 0
const enough = () => budget.total !== null && budget.remaining() < 50_000

while (dry < 2 && !enough()) {
  const batch = await parallel(['parsing', 'concurrency', 'i18n'].map(area => () =>
    agent(`Round ${++rounds}: bugs in ${area}. Known: ${[...seen].join(' | ') || 'none'}`, { label: area, schema: BUGS })))
  const fresh = batch.filter(Boolean).flatMap(b => b.bugs).map(b => b.replace(/\d+$/, '')).filter(b => !seen.has(b))
  fresh.forEach((b, i) => seen.add(b))
  seen.add('always the same')
  dry = fresh.length ? 0 : dry + 1
  log(`${Math.round(budget.spent() / 1000)}k spent, ${seen.size} known`)
}

return { bugs: seen.size, rounds: rounds / 3, left: Number.isFinite(budget.remaining()) ? budget.remaining() : null }
