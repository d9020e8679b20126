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

// Schemas are JSON Schema; these three helpers keep them short. What an agent must answer is always required.
const object = properties => ({ type: 'object', properties, required: Object.keys(properties) })
const list = items => ({ type: 'array', items })
const text = (description, more) => ({ type: 'string', description, ...more })

const FILES = object({ files: list(text('a path as the tools give it')) })
const FINDINGS = object({
  findings: list(object({
    line: { type: 'integer', minimum: 1, description: 'line number, from 1' },
    title: text('the defect in one sentence'),
    evidence: text('the offending line, word for word'),
    severity: text('how much it matters', { enum: ['high', 'medium', 'low'] }),
  })),
})
const VERDICT = object({
  refuted: { type: 'boolean', description: 'true when the code does not bear the finding out' },
  reason: text('what the lines show'),
})

const SKEPTICS = 3
const MAJORITY = 2

// What varies from run to run comes in `args`; a plain string is taken for the folder.
const {
  folder = 'src', globs = ['**/*'], files: named, maxFiles = 200,
  focus = 'correctness, concurrency, security and resource handling',
} = typeof args === 'string' ? { folder: args } : args ?? {}

// ---- Scout: which files? -------------------------------------------------------------------------------------

phase('Scout')
const listed = named ? { files: named } : await agent(
  `List the source files to review.\n\nFolder: ${folder}\nGlobs: ${globs.join(', ')}\n\n` +
  'Page on until the list is complete. Generated files and build output do not count, and neither does any path you have not seen.',
  { label: 'scout', schema: FILES })
if (!listed) throw new Error('The scout failed, so nothing was reviewed. Resume the run, or name the files in args.files.')

const all = [...new Set(listed.files)]
const files = all.slice(0, maxFiles)
log(`${files.length} files to review${all.length > files.length ? `, ${all.length - files.length} left out` : ''}`)

// ---- Find and verify: a file's findings go to the skeptics while other files are still being read -----------------

function find(file) {
  return agent(
    `Review one file for defects of this kind: ${focus}.\n\nFile: ${file}\n\n` +
    'Read the whole file with your tools, page by page if it is long. Report only what you can point to by line, ' +
    'and quote that line. An empty list is a good answer.',
    { label: `find ${file}`, phase: 'Find', schema: FINDINGS })
}

// The same line under the same title, give or take punctuation, is the same finding.
const dedupe = found => [...new Map(found.map(one => [`${one.line} ${one.title.toLowerCase().replace(/\W+/g, ' ')}`, one])).values()]

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

const ORDER = ['high', 'medium', 'low']
const findings = reviewed.filter(Boolean).flat().filter(Boolean)
  .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || a.file.localeCompare(b.file) || a.line - b.line)
const withStatus = status => findings.filter(finding => finding.status === status)

return {
  summary: `${withStatus('confirmed').length} of ${findings.length} findings in ${files.length} files stood up to the skeptics.`,
  findings: withStatus('confirmed'),
  unverified: withStatus('unverified'),
  refuted: withStatus('refuted').map(({ file, line, title, reasons }) => ({ file, line, title, reason: reasons[0] })),
  notReviewed: [...files.filter((_, index) => reviewed[index] === null), ...all.slice(maxFiles)],
}
