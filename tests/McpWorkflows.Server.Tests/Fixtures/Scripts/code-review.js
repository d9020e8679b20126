// agents: 18
// result: {"confirmed":12,"dimensions":3}
export const meta = {
  name: 'review-branch',
  description: 'Reviews the changes of a branch by dimension and verifies each finding',
  whenToUse: 'Before opening a pull request',
  phases: [
    { title: 'Review', detail: 'one reviewer per dimension' },
    { title: 'Verify', detail: 'two skeptics per finding' },
    { title: 'Report', detail: 'one editor', model: 'opus' },
  ],
}

const DIMENSIONS = [
  { key: 'bugs', prompt: 'Find logic errors: off-by-one, inverted conditions, missing awaits, wrong defaults.' },
  { key: 'security', prompt: 'Find injection, path traversal, secrets in logs, missing authorization checks.' },
  { key: 'performance', prompt: `Find N+1 queries, accidental O(n²) loops, and repeated work.
Ignore anything that runs once at start.` },
]

const FINDINGS = {
  type: 'object',
  additionalProperties: false,
  required: ['findings'],
  properties: {
    findings: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['title', 'file', 'line', 'severity', 'evidence'],
        properties: {
          title: { type: 'string' },
          file: { type: 'string', description: 'relative to the repository root' },
          line: { type: 'integer', minimum: 1 },
          severity: { type: 'string', enum: ['critical', 'high', 'medium', 'low'] },
          evidence: { type: 'string' },
        },
      },
    },
  },
}

const VERDICT = {
  type: 'object',
  required: ['isReal', 'reasoning'],
  properties: { isReal: { type: 'boolean' }, reasoning: { type: 'string' }, correctedSeverity: { type: ['string', 'null'] } },
}

phase('Review')
const base = args?.base ?? 'main'
const reviewed = await pipeline(
  DIMENSIONS,
  d => agent(
    `You review the diff between ${base} and HEAD. ${d.prompt}\n\nRules:\n` +
    `- Run \`git diff ${base}...HEAD\` first.\n` +
    '- Quote the line as evidence.\n' +
    '- Report at most 8 findings; none is a fine answer.',
    { label: `review:${d.key}`, phase: 'Review', schema: FINDINGS }),
  (review, d) => parallel(review.findings.map(f => () =>
    parallel(['correctness', 'reachability'].map(lens => () =>
      agent(`Try to refute, through the lens of ${lens}: "${f.title}" at ${f.file}:${f.line}.\nEvidence given: ${f.evidence}\n` +
        'Default to isReal=false when you are not sure.',
      { label: `verify:${d.key}:${f.file}`, phase: 'Verify', schema: VERDICT })))
      .then(votes => ({ ...f, dimension: d.key, votes: votes.filter(Boolean) })))),
)

const all = reviewed.flat().filter(Boolean)
const order = { critical: 0, high: 1, medium: 2, low: 3 }
all.sort((a, b) => order[a.severity] - order[b.severity] || a.file.localeCompare(b.file))
log(`${all.length} findings, ${all.reduce((n, f) => n + f.votes.length, 0)} votes`)

phase('Report')
await parallel(DIMENSIONS.map(({ key }) => async () => {
  const own = all.filter(f => f.dimension === key)
  if (own.length === 0) return null
  return await agent(`Write the section "${key}" of the review from:\n${JSON.stringify(own, null, 2)}`, { label: `report:${key}`, phase: 'Report' })
}))

return { confirmed: all.flatMap(f => f.votes).length, dimensions: DIMENSIONS.length }
