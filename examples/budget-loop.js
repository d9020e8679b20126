// Looks for edge cases round after round until nothing new turns up, a cap on rounds is reached, or the money is spent.
//
//   args (optional): { subject: '…', maxRounds: 6, dryRounds: 2, reserve: 20000 }

export const meta = {
  name: 'budget-loop',
  description: 'Collects edge cases until two rounds bring nothing new, within a cap on rounds and a token budget',
  whenToUse: 'When nobody knows in advance how many rounds a search needs',
  phases: [{ title: 'Search', detail: 'three angles per round' }],
}

const CASES = {
  type: 'object',
  properties: {
    cases: { type: 'array', items: { type: 'string' }, description: 'each in a few words' },
  },
  required: ['cases'],
}

const subject = args?.subject ?? 'a function that parses dates written by people'
const maxRounds = args?.maxRounds ?? 6
const dryLimit = args?.dryRounds ?? 2
const reserve = args?.reserve ?? 20_000 // output tokens that a round may need; without a budget there is always enough
const angles = ['malformed input', 'limits and overflow', 'locale and time zones']

phase('Search')
const known = new Map() // folded text -> the case as first stated
const fold = text => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
let rounds = 0
let dry = 0
let stopped = null

while (stopped === null) {
  rounds++
  const found = await parallel(angles.map(angle => () =>
    agent(
      `Round ${rounds}. Name edge cases for ${subject}. Angle: ${angle}.\n` +
      `Already known, do not repeat: ${known.size ? [...known.values()].join('; ') : 'nothing yet'}`,
      { label: `round ${rounds}: ${angle}`, schema: CASES })))

  const before = known.size
  for (const text of found.filter(Boolean).flatMap(answer => answer.cases)) {
    if (fold(text) && !known.has(fold(text))) known.set(fold(text), text)
  }
  dry = known.size > before ? 0 : dry + 1
  log(`round ${rounds}: ${known.size - before} new, ${known.size} in all`)

  if (found.every(answer => answer === null)) stopped = 'no agent of the last round answered'
  else if (dry >= dryLimit) stopped = 'nothing new'
  else if (rounds >= maxRounds) stopped = 'cap on rounds'
  else if (budget.remaining() <= reserve) stopped = 'budget'
}

return {
  cases: [...known.values()],
  rounds,
  stopped,
  tokens: budget.spent(),
}
