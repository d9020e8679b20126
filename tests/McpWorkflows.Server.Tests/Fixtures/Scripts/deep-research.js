// args: "How do MCP servers report progress?"
// agents: 25
// result: {"question":"How do MCP servers report progress?","angles":2,"claims":4}
export const meta = {
  name: 'deep-research',
  description: 'Searches from several angles, votes on each claim and writes a cited report',
  phases: [{ title: 'Scope' }, { title: 'Search' }, { title: 'Vote' }, { title: 'Synthesize' }],
}

// The question arrives as plain text, or as an object with a `question`.
const QUESTION = (typeof args === 'string' && args.trim()) || args?.question || ''
if (!QUESTION) throw new Error('Pass a question in args.')

const VOTES_PER_CLAIM = 3
const MAX_FETCH = 15

const SCOPE = {
  type: 'object',
  required: ['angles'],
  properties: {
    summary: { type: 'string' },
    angles: {
      type: 'array', minItems: 2, maxItems: 6,
      items: { type: 'object', required: ['label', 'query'], properties: { label: { type: 'string' }, query: { type: 'string' }, rationale: { type: 'string' } } },
    },
  },
}
const SOURCES = {
  type: 'object', required: ['results'],
  properties: { results: { type: 'array', items: { type: 'object', required: ['url', 'title'], properties: { url: { type: 'string' }, title: { type: 'string' }, relevance: { enum: ['high', 'medium', 'low'] } } } } },
}
const CLAIMS = {
  type: 'object', required: ['claims'],
  properties: { claims: { type: 'array', items: { type: 'object', required: ['claim', 'quote'], properties: { claim: { type: 'string' }, quote: { type: 'string' } } } } },
}
const VOTE = { type: 'object', required: ['refuted'], properties: { refuted: { type: 'boolean' }, evidence: { type: 'string' } } }

const normalize = url => {
  const match = /^(?:https?:\/\/)?(?:www\.)?(?<host>[^/?#]+)(?<path>[^?#]*)/i.exec(url)
  return match ? `${match.groups.host.toLowerCase()}${match.groups.path.replace(/\/+$/, '')}` : url.trim().toLowerCase()
}

phase('Scope')
const scope = await agent(`Split the question into search angles.\n\nQuestion: ${QUESTION}`, { label: 'scope', schema: SCOPE })
const seen = new Map()
let fetches = 0

const perAngle = await pipeline(
  scope.angles,
  (angle, _, i) => agent(`Search the web for: ${angle.query}\nAngle ${i + 1}: ${angle.label}`, { label: `search ${i}`, phase: 'Search', schema: SOURCES }),
  async (found, angle, i) => {
    const novel = found.results.filter(r => {
      const key = normalize(r.url) + i
      if (seen.has(key) && seen.get(key).angle === i) return true
      if (fetches >= MAX_FETCH) return false
      seen.set(key, { angle: i, title: r.title })
      fetches++
      return true
    })
    return parallel(novel.map((source, n) => () =>
      agent(`Fetch ${source.url} and extract falsifiable claims that bear on: ${QUESTION} (${i}.${n})`, { label: `fetch ${normalize(source.url)}`, phase: 'Search', schema: CLAIMS })
        .then(answer => answer.claims.map(c => ({ ...c, source: source.url, angle: angle.label })))))
  },
)

const claims = perAngle.flat(2).filter(Boolean)
  .filter((c, i, all) => all.findIndex(o => o.claim === c.claim && o.source === c.source) === i)

phase('Vote')
const ranked = claims.slice(0, 4)
while (ranked.length < 4) ranked.push({ claim: `gap ${ranked.length}`, quote: '', source: 'none' })
const voted = await parallel(ranked.map(c => () =>
  parallel(Array.from({ length: VOTES_PER_CLAIM }, (_, v) => () =>
    agent(`Skeptic ${v + 1}/${VOTES_PER_CLAIM}: refute this claim if you can.\n> ${c.claim}\n> ${c.quote}\nSource: ${c.source}`,
      { label: `v${v} ${c.claim.slice(0, 30)}`, phase: 'Vote', schema: VOTE })))
    .then(votes => ({ ...c, survives: votes.filter(v => v && !v.refuted).length >= 2 }))))

phase('Synthesize')
const outline = await agent('Outline the report from: ' + JSON.stringify(voted.filter(v => v.survives).map(v => v.claim)))
const [draft, critic] = await Promise.all([agent(`Write it: ${outline}`), agent(`What does it lack? ${outline}`)])
const sections = []
for await (const section of (async function* () { for (const t of ['Answer', 'Evidence']) yield agent(`${t}: ${draft} ${critic}`) })()) sections.push(section)
await agent(`Check every citation of:\n${sections.join('\n\n')}`)

return { question: QUESTION, angles: scope.angles.length, claims: voted.length }
