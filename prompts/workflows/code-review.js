// Reviews code: finders by lens, one verifier per finding, a sweep for what they missed, one report.
//
//   args (all optional):
//   { folder: 'src', globs: ['**/*.cs'], files: ['src/a.cs'], lenses: ['concurrency', …], context: 'what the code is for', sweeps: 1, maxFiles: 60 }

export const meta = {
  name: 'code-review',
  description: 'Reviews code through several lenses, verifies every finding, sweeps for what was missed and reports what stood',
  whenToUse: 'When a review has to be thorough and every finding in it has to be real',
  phases: [
    { title: 'List', detail: 'the files' },
    { title: 'Find', detail: 'each file through each lens' },
    { title: 'Verify', detail: 'one verifier per finding' },
    { title: 'Sweep', detail: 'what did everybody miss?' },
  ],
}

const options = args && typeof args === 'object' ? args : { folder: typeof args === 'string' ? args : undefined }
const folder = options.folder ?? '.'
const globs = options.globs ?? ['**/*']
const lenses = options.lenses ?? [
  'wrong results: logic, boundaries, types, units',
  'what happens when things fail: errors, cancellation, leaks, partial work',
  'more than one at a time, and hostile input: races, deadlocks, injection, unbounded growth',
]
const sweeps = options.sweeps ?? 1
const maxFiles = options.maxFiles ?? 60
const about = options.context ? `\nWhat the code is for: ${options.context}\n` : ''

const FILES = {
  type: 'object',
  properties: { files: { type: 'array', items: { type: 'string' }, description: 'paths as the tools give them' } },
  required: ['files'],
}
const FINDINGS = {
  type: 'object',
  properties: {
    findings: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          file: { type: 'string' },
          line: { type: 'integer', minimum: 1 },
          title: { type: 'string', description: 'the defect in one sentence' },
          evidence: { type: 'string', description: 'the offending line, word for word' },
          consequence: { type: 'string', description: 'what goes wrong, and when' },
          severity: { type: 'string', enum: ['high', 'medium', 'low'] },
        },
        required: ['file', 'line', 'title', 'evidence', 'consequence', 'severity'],
      },
    },
  },
  required: ['findings'],
}

phase('List')
async function list() {
  const answer = await agent(
    `List the source files to review.\n\nFolder: ${folder}\nGlobs: ${globs.join(', ')}\n\n` +
    'Use your tools, page on until the list is complete, and leave out generated files and build output. Make no path up.',
    { label: 'list', schema: FILES })
  if (answer === null) throw new Error('The files could not be listed, so nothing was reviewed. Resume the run, or name them in args.files.')
  return answer.files
}
const candidates = [...new Set(options.files ?? await list())]
const files = candidates.slice(0, maxFiles)
log(`${files.length} files through ${lenses.length} lenses${candidates.length > maxFiles ? `, ${candidates.length - maxFiles} files left out` : ''}`)

const keyOf = finding => `${finding.file}:${finding.line}`
const checked = new Map()   // by place: finding and verdict
const notRead = []

// A place is verified once, whoever reports it first; the verifier reads the code, not the report.
async function check(finding, phaseTitle) {
  const known = checked.get(keyOf(finding))
  if (known) {
    known.also.push(finding.title)
    return null
  }
  const entry = { ...finding, also: [], verdict: 'unverified', reason: '' }
  checked.set(keyOf(finding), entry)
  const result = await verify(
    `${finding.file}:${finding.line}: ${finding.title}\nLine as reported: ${finding.evidence}\nConsequence as reported: ${finding.consequence}`,
    { skeptics: 1, phase: phaseTitle, label: `verify ${keyOf(finding)}`, context: `A finding of a code review. Read the file and who calls it.${about}` })
  entry.verdict = result.verdict
  entry.reason = result.votes[0].reason
  return entry
}

phase('Find')
const tasks = files.flatMap(file => lenses.map(lens => ({ file, lens })))
const read = await pipeline(
  tasks,
  ({ file, lens }) => agent(
    `Review one file for defects, through one lens.\n\nFile: ${file}\nLens: ${lens}\n${about}\n` +
    'Read the whole file with your tools, page by page if it is long, and what it calls where that decides. Report only ' +
    'what you can point to by line, and quote that line. An empty list is a good answer.',
    { label: `find ${file} (${lens.split(':')[0]})`, phase: 'Find', schema: FINDINGS }),
  answer => parallel(answer.findings.map(finding => () => check(finding, 'Verify'))),
)
tasks.forEach((task, i) => { if (read[i] === null) notRead.push(task) })

const confirmed = () => [...checked.values()].filter(entry => entry.verdict === 'confirmed')
for (let round = 1; round <= sweeps && files.length > 0; round++) {
  const before = checked.size
  await pipeline(
    files,
    file => agent(
      `Others have reviewed this file. Find what they missed.\n\nFile: ${file}\n${about}\nReported so far:\n` +
      ([...checked.values()].filter(entry => entry.file === file).map(entry => `- line ${entry.line}: ${entry.title} (${entry.verdict})`).join('\n') || '- nothing') +
      '\n\nRead the file again with fresh eyes. Do not repeat what stands above, under other words either. An empty list is a good answer.',
      { label: `sweep ${round} ${file}`, phase: 'Sweep', schema: FINDINGS }),
    answer => parallel(answer.findings.map(finding => () => check(finding, 'Sweep'))),
  )
  if (checked.size === before) break
}

const RANK = { high: 0, medium: 1, low: 2 }
const order = (a, b) => RANK[a.severity] - RANK[b.severity] || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)
const of = verdict => [...checked.values()].filter(entry => entry.verdict === verdict).sort(order)
return {
  summary: `${confirmed().length} of ${checked.size} findings in ${files.length} files stood up to verification.`,
  findings: of('confirmed'),
  unverified: of('unverified'),
  refuted: of('refuted').map(({ file, line, title, reason }) => ({ file, line, title, reason })),
  notRead,
  leftOut: candidates.slice(maxFiles),
}
