// Answers a question from sources: several angles, searches, claims, three skeptics per claim, a cited report.
//
//   args: 'the question', or
//   { question, angles: 5, claims: 40, rounds: 2, tools: ['mcp__search__*'], context: 'what is known already' }
//
// `tools` are patterns of the tools the researchers may use; without them they have what every agent has, which may be
// no more than the files of the workspace. Claims that nobody could verify are listed as such and carry no conclusion.

export const meta = {
  name: 'deep-research',
  description: 'Researches a question from several angles, has every claim refuted or confirmed by skeptics, and writes a cited report',
  whenToUse: 'When an answer must rest on sources that were checked, and it must say what could not be checked',
  phases: [
    { title: 'Angles', detail: 'what to look at' },
    { title: 'Search', detail: 'one researcher per angle' },
    { title: 'Verify', detail: 'three skeptics per claim' },
    { title: 'Report', detail: 'only from what survived' },
  ],
}

const options = typeof args === 'string' ? { question: args } : args ?? {}
const question = options.question
if (typeof question !== 'string' || question.trim() === '') {
  throw new Error('deep-research needs a question. Pass it as args: "…", or as args.question.')
}
const maxAngles = options.angles ?? 5
const maxClaims = options.claims ?? 40
const maxRounds = options.rounds ?? 2
const tools = options.tools ? { tools: options.tools } : {}
const background = options.context ? `\n\nWhat is known already:\n${options.context}` : ''

const ANGLES = {
  type: 'object',
  properties: {
    angles: {
      type: 'array', minItems: 1,
      items: {
        type: 'object',
        properties: {
          title: { type: 'string', description: 'three to six words' },
          task: { type: 'string', description: 'what to find out, and where it could stand' },
        },
        required: ['title', 'task'],
      },
    },
  },
  required: ['angles'],
}

const CLAIMS = {
  type: 'object',
  properties: {
    claims: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          claim: { type: 'string', description: 'one checkable statement that helps to answer the question' },
          source: { type: 'string', description: 'where it stands: an address, or path:line' },
          quote: { type: 'string', description: 'the words of the source that bear it out' },
        },
        required: ['claim', 'source', 'quote'],
      },
    },
    gaps: { type: 'array', items: { type: 'string' }, description: 'what was looked for and not found' },
  },
  required: ['claims', 'gaps'],
}

const REPORT = {
  type: 'object',
  properties: {
    answer: { type: 'string', description: 'the answer in a few sentences, each with its [number]' },
    report: { type: 'string', description: 'the report in Markdown; every statement carries the [number] of the claim it rests on' },
    confidence: { type: 'string', enum: ['high', 'medium', 'low'] },
  },
  required: ['answer', 'report', 'confidence'],
}

// ---- Angles ----------------------------------------------------------------------------------------------------

phase('Angles')
const planned = await agent(
  `Question: ${question}${background}\n\nName up to ${maxAngles} angles from which to research it. Together they should cover ` +
  'the question, overlap little, and include one that looks for the strongest evidence against the expected answer.',
  { label: 'angles', effort: 'high', schema: ANGLES })
const angles = (planned?.angles ?? [{ title: 'The question itself', task: question }]).slice(0, maxAngles)

// ---- Search: rounds until nothing new turns up ------------------------------------------------------------------

phase('Search')
const gaps = []
const search = await converge(async ({ round, items }) => {
  const found = await parallel(angles.map(angle => () => agent(
    `Question: ${question}${background}\n\nYour angle: ${angle.title}\n${angle.task}\n\n` +
    (round > 1 ? `Known already, so find what is missing or contradicts it:\n${items.map(item => `- ${item.claim}`).join('\n')}\n\n` : '') +
    'Use your tools to find sources. Report single, checkable claims, each with its source and the words that bear it out. ' +
    'Report nothing from memory: a claim without a source you opened does not count. No claims is a fine answer.',
    { ...tools, label: `${angle.title}, round ${round}`, phase: 'Search', schema: CLAIMS })))
  if (found.every(answer => answer === null)) return null
  gaps.push(...found.flatMap(answer => answer?.gaps ?? []))
  return found.flatMap((answer, i) => (answer?.claims ?? []).map(claim => ({ ...claim, angle: angles[i].title })))
}, { rounds: maxRounds, quiet: 1, key: item => `${item.claim} ${item.source}` })

const claims = search.items.slice(0, maxClaims)
const leftOut = search.items.slice(maxClaims)
log(`${claims.length} claims to verify${leftOut.length > 0 ? `, ${leftOut.length} beyond the limit left out` : ''}`)

// ---- Verify ----------------------------------------------------------------------------------------------------

phase('Verify')
const checked = await parallel(claims.map((claim, i) => () => verify(
  `${claim.claim}\n\nSource given: ${claim.source}\nWords given: ${claim.quote}`,
  {
    ...tools, label: `claim ${i + 1}`, phase: 'Verify', context: `It was found for the question: ${question}`,
    lenses: ['open the source: does it exist, and does it say this in these words?', 'is there a source that contradicts it, or a newer one?', 'does the claim say more than the source bears out?'],
  })))
const withVerdict = claims.map((claim, i) => ({
  ...claim,
  verdict: checked[i]?.verdict ?? 'unverified',
  reasons: (checked[i]?.votes ?? []).filter(vote => vote.verdict !== 'failed').map(vote => vote.reason),
}))
const confirmed = withVerdict.filter(claim => claim.verdict === 'confirmed').map((claim, i) => ({ number: i + 1, ...claim }))
const unverified = [
  ...withVerdict.filter(claim => claim.verdict === 'unverified'),
  ...leftOut.map(claim => ({ ...claim, verdict: 'unverified', reasons: ['Beyond the limit on claims; nobody looked at it.'] })),
]
const refuted = withVerdict.filter(claim => claim.verdict === 'refuted')
log(`${confirmed.length} confirmed, ${refuted.length} refuted, ${unverified.length} unverified`)

// ---- Report ----------------------------------------------------------------------------------------------------

phase('Report')
const written = confirmed.length === 0 ? null : await agent(
  `Question: ${question}\n\nThese claims were checked by skeptics and stood:\n` +
  confirmed.map(claim => `[${claim.number}] ${claim.claim} (${claim.source}) "${claim.quote}"`).join('\n') +
  '\n\nAnswer the question from these claims alone and cite them as [number]. Say plainly what they leave open. ' +
  `These could not be verified, so mention them only as open: ${unverified.map(claim => claim.claim).join('; ') || 'none'}.`,
  { label: 'report', effort: 'high', schema: REPORT })

const numbers = new Set(confirmed.map(claim => claim.number))
const strays = [...new Set([...(written?.report ?? '').matchAll(/\[(\d+)\]/g)].map(match => Number(match[1])))].filter(n => !numbers.has(n))
return {
  question,
  answer: written?.answer ?? (confirmed.length === 0 ? 'No claim survived verification, so there is no answer to stand on.' : null),
  report: written?.report ?? null,
  confidence: written?.confidence ?? 'low',
  citations: confirmed.map(({ number, claim, source, quote }) => ({ number, claim, source, quote })),
  unverified: unverified.map(({ claim, source, reasons }) => ({ claim, source, reasons })),
  refuted: refuted.map(({ claim, source, reasons }) => ({ claim, source, reasons })),
  gaps: [...new Set(gaps)],
  converged: search.converged,
  ...(strays.length > 0 ? { warning: `The report cites ${strays.map(n => `[${n}]`).join(', ')}, which do not exist.` } : {}),
}
