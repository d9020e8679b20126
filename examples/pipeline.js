// Takes each topic through three stages: claims, a cross-check of every claim, a paragraph built on what survived.
// A topic does not wait for the others: the first paragraph can be written while the last claims are still collected.
//
//   args (optional): a list of topics

export const meta = {
  name: 'pipeline',
  description: 'Research in three stages with a schema for each: collect claims, check them, write them up',
  phases: [
    { title: 'Collect', detail: 'claims about a topic' },
    { title: 'Check', detail: 'one agent per claim' },
    { title: 'Write', detail: 'one paragraph per topic' },
  ],
}

const CLAIMS = {
  type: 'object',
  properties: {
    claims: { type: 'array', minItems: 1, maxItems: 5, items: { type: 'string' } },
  },
  required: ['claims'],
}

const CHECK = {
  type: 'object',
  properties: {
    holds: { type: 'boolean' },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
    correction: { type: ['string', 'null'], description: 'what is true instead, if the claim does not hold' },
  },
  required: ['holds', 'confidence', 'correction'],
}

const PARAGRAPH = {
  type: 'object',
  properties: {
    heading: { type: 'string' },
    text: { type: 'string' },
  },
  required: ['heading', 'text'],
}

const topics = Array.isArray(args) ? args : [
  'write-ahead logging in SQLite',
  'backpressure in message queues',
  'how TCP detects a dead peer',
]

const collect = topic =>
  agent(`State up to five checkable claims about: ${topic}`, { label: `collect: ${topic}`, phase: 'Collect', schema: CLAIMS })

// A stage gets what the stage before it returned, the original item, and the item's index.
async function check({ claims }, topic) {
  const checks = await parallel(claims.map(claim => () =>
    agent(`Topic: ${topic}\nIs this claim true? Claim: ${claim}`, { label: `check: ${claim}`, phase: 'Check', schema: CHECK })))
  // A claim that nobody could check counts as one that does not hold.
  return claims.map((claim, index) => ({ claim, ...(checks[index] ?? { holds: false, correction: null }) }))
}

async function write(checked, topic, index) {
  const facts = checked.map(({ claim, holds, correction }) => holds ? claim : correction).filter(Boolean)
  if (facts.length === 0) return null // nothing left to say: the topic drops out
  const paragraph = await agent(
    `Write paragraph ${index + 1} of a report, on ${topic}, using these facts and no others:\n- ${facts.join('\n- ')}`,
    { label: `write: ${topic}`, phase: 'Write', schema: PARAGRAPH })
  return paragraph && { topic, ...paragraph, facts: facts.length, dropped: checked.length - facts.length }
}

const paragraphs = await pipeline(topics, collect, check, write)

return {
  paragraphs: paragraphs.filter(Boolean),
  missing: topics.filter((_, index) => paragraphs[index] === null),
}
