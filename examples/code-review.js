// Reviews a folder: one finder per file, three skeptics per finding, one report.
//
//   args (all optional): { folder: 'src', globs: ['**/*.cs'], files: ['src/a.cs'], focus: 'concurrency', maxFiles: 50 }
//
// With `files` the scout is skipped. Everything that was left out or could not be checked is in the report.

export const meta = {
  name: 'code-review',
  description: 'Reviews every file of a folder and keeps only the findings that skeptics could not refute',
  whenToUse: 'When a review must cover many files and every finding has to stand up to independent checks',
  phases: [
    { title: 'Scout', detail: 'list the files worth a review' },
    { title: 'Find', detail: 'one agent per file' },
    { title: 'Verify', detail: 'three skeptics per finding, a majority kills it' },
  ],
}

const FILES = {
  type: 'object',
  properties: {
    files: { type: 'array', items: { type: 'string' }, description: 'paths as the tools give them' },
  },
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
          line: { type: 'integer', minimum: 1, description: 'line number, from 1' },
          title: { type: 'string', description: 'the defect in one sentence' },
          evidence: { type: 'string', description: 'the offending line, word for word' },
          severity: { type: 'string', enum: ['high', 'medium', 'low'] },
        },
        required: ['line', 'title', 'evidence', 'severity'],
      },
    },
  },
  required: ['findings'],
}

const VERDICT = {
  type: 'object',
  properties: {
    refuted: { type: 'boolean', description: 'true when the code does not bear the finding out' },
    reason: { type: 'string', description: 'what the lines show' },
  },
  required: ['refuted', 'reason'],
}

const SKEPTICS = 3
const MAJORITY = Math.floor(SKEPTICS / 2) + 1

const options = args && typeof args === 'object' ? args : { folder: typeof args === 'string' ? args : undefined }
const folder = options.folder ?? 'src'
const globs = options.globs ?? ['**/*']
const focus = options.focus ?? 'correctness, concurrency, security and resource handling'
const maxFiles = options.maxFiles ?? 200

// ---- Scout: which files? -------------------------------------------------------------------------------------

phase('Scout')

async function scout() {
  const answer = await agent(
    `List the source files to review.\n\nFolder: ${folder}\nGlobs: ${globs.join(', ')}\n\n` +
    'Use your tools, page on until the list is complete, and leave out generated files and build output. ' +
    'Return every path, none of them made up.',
    { label: 'scout', schema: FILES })
  if (answer === null) throw new Error('The scout failed, so nothing was reviewed. Resume the run, or name the files in args.files.')
  return answer.files
}

const candidates = [...new Set(options.files ?? await scout())]
const files = candidates.slice(0, maxFiles)
log(`${files.length} files to review${files.length < candidates.length ? `, ${candidates.length - files.length} left out` : ''}`)

// ---- Find and verify: a file's findings go to the skeptics while other files are still being read -----------------

function find(file) {
  return agent(
    `Review one file for defects of this kind: ${focus}.\n\nFile: ${file}\n\n` +
    'Read the whole file with your tools, page by page if it is long. Report only what you can point to by line, ' +
    'and quote that line. An empty list is a good answer.',
    { label: `find ${file}`, phase: 'Find', schema: FINDINGS })
}

function dedupe(found) {
  const seen = new Set()
  return found.filter(({ line, title }) => {
    const key = `${line}:${title.toLowerCase().replace(/\W+/g, ' ').trim()}`
    return !seen.has(key) && seen.add(key)
  })
}

async function verify(file, finding) {
  const votes = await parallel(Array.from({ length: SKEPTICS }, (_, index) => () =>
    agent(
      `You are skeptic ${index + 1} of ${SKEPTICS}. Try to refute this finding of a code review.\n\n` +
      `File: ${file}\nLine: ${finding.line}\nClaim: ${finding.title}\nEvidence: ${finding.evidence}\n\n` +
      'Read the line and what surrounds it with your tools. Refute the finding if the line is not there, if the code ' +
      'around it already handles the case, or if you are in doubt.',
      { label: `skeptic ${index + 1} on ${file}:${finding.line}`, phase: 'Verify', schema: VERDICT })))
  const cast = votes.filter(vote => vote !== null)
  const against = cast.filter(vote => vote.refuted)
  return {
    file,
    ...finding,
    status: against.length >= MAJORITY ? 'refuted' : cast.length - against.length >= MAJORITY ? 'confirmed' : 'unverified',
    votes: `${cast.length - against.length} of ${SKEPTICS} skeptics agree`,
    reasons: cast.map(vote => vote.reason),
  }
}

const reviewed = await pipeline(
  files,
  file => find(file),
  (answer, file) => parallel(dedupe(answer.findings).map(finding => () => verify(file, finding))),
)

// ---- One report ------------------------------------------------------------------------------------------------

const RANK = { high: 0, medium: 1, low: 2 }
const all = reviewed.filter(Boolean).flat().filter(Boolean)
const bySeverity = (a, b) => RANK[a.severity] - RANK[b.severity] || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)
const confirmed = all.filter(finding => finding.status === 'confirmed').sort(bySeverity)

return {
  summary: `${confirmed.length} of ${all.length} findings in ${files.length} files stood up to the skeptics.`,
  findings: confirmed,
  unverified: all.filter(finding => finding.status === 'unverified').sort(bySeverity),
  refuted: all.filter(finding => finding.status === 'refuted')
    .map(({ file, line, title, reasons }) => ({ file, line, title, reason: reasons[0] })),
  notReviewed: [...files.filter((_, index) => reviewed[index] === null), ...candidates.slice(maxFiles)],
}
