// Migrates files: one agent per file in a worktree of its own, two reviewers each, a bounded loop of fixes, a test command.
//
//   args: { task: 'replace moment by date-fns', files: ['src/a.ts'] or globs: ['src/**/*.ts'], test: 'npm test -- a', rounds: 2, limit: 50 }
//
// The agents need the rights to write files and, for `test`, to run commands; the run's settings grant them. Nothing
// is merged: every file that was changed has a branch of its own, which the report names.

export const meta = {
  name: 'migrate',
  description: 'Changes many files the same way: a worktree agent per file, two reviewers each, a fix loop and a test command',
  whenToUse: 'For a mechanical change over many files in which every file needs judgement and a review',
  phases: [
    { title: 'List', detail: 'which files' },
    { title: 'Change', detail: 'one worktree agent per file' },
    { title: 'Review', detail: 'two reviewers per file' },
    { title: 'Fix', detail: 'what the reviewers or the tests found' },
  ],
}

const options = args && typeof args === 'object' ? args : { task: args }
const task = options.task
if (typeof task !== 'string' || task.trim() === '') throw new Error('migrate needs a task. Pass args.task, and args.files or args.globs.')
const rounds = options.rounds ?? 2
const limit = options.limit ?? 50

const FILES = {
  type: 'object',
  properties: { files: { type: 'array', items: { type: 'string' }, description: 'paths as the tools give them' } },
  required: ['files'],
}
const CHANGE = {
  type: 'object',
  properties: {
    changed: { type: 'boolean', description: 'false when the file needs no change' },
    summary: { type: 'string', description: 'what was changed, or why nothing was' },
    diff: { type: 'string', description: 'the output of git diff, or the changed passages word for word' },
    tests: { type: 'string', enum: ['passed', 'failed', 'not run'] },
    testOutput: { type: 'string', description: 'the lines of the test output that matter; empty if not run' },
  },
  required: ['changed', 'summary', 'diff', 'tests', 'testOutput'],
}
const REVIEW = {
  type: 'object',
  properties: {
    approved: { type: 'boolean' },
    problems: { type: 'array', items: { type: 'string' }, description: 'each with the place and what is wrong; empty when approved' },
  },
  required: ['approved', 'problems'],
}
const LENSES = ['does it do the whole task, and nothing else?', 'does it keep the behaviour: edge cases, types, errors, callers?']

phase('List')
async function list() {
  const answer = await agent(
    `Task: ${task}\n\nList the files that it concerns, among those that match ${(options.globs ?? ['**/*']).join(', ')}. Look ` +
    'into them; leave out what needs no change. Page on until the list is complete, and make no path up.',
    { label: 'list', schema: FILES })
  if (answer === null) throw new Error('The files could not be listed, so nothing was changed. Resume the run, or name them in args.files.')
  return answer.files
}
const candidates = [...new Set(options.files ?? await list())]
const files = candidates.slice(0, limit)
log(`${files.length} files${candidates.length > limit ? `, ${candidates.length - limit} beyond the limit left out` : ''}`)

const change = (file, round, before, problems) => agent(
  `Task: ${task}\nFile: ${file}\n\n` +
  (round === 1 ? 'Change this file, and others only where this file makes it necessary. ' :
    `An earlier attempt was reviewed. It was:\n\n${before.diff}\n\nIt starts from the original file again: apply what was right, and mend these problems:\n${problems.map(one => `- ${one}`).join('\n')}\n\n`) +
  (options.test ? `Then run this command and report how it ended: ${options.test}` : 'There is no test command; say "not run".'),
  { label: `${round === 1 ? 'change' : `fix ${round - 1}`} ${file}`, phase: round === 1 ? 'Change' : 'Fix', isolation: 'worktree', schema: CHANGE })

const review = (file, attempt) => parallel(LENSES.map((lens, i) => () => agent(
  `Review one file of a migration.\n\nTask: ${task}\nFile: ${file}\nWhat the author says: ${attempt.summary}\n\n<diff>\n${attempt.diff}\n</diff>\n\n` +
  `Ask above all: ${lens} Read the original with your tools. Approve only what you would sign.`,
  { label: `review ${i + 1} of ${file}`, phase: 'Review', schema: REVIEW })))

async function migrate(file) {
  let attempt = null
  let problems = []
  for (let round = 1; round <= 1 + rounds; round++) {
    const next = await change(file, round, attempt, problems)
    if (next === null) return { file, status: 'failed', problems: [...problems, 'The agent gave no answer.'] }
    attempt = next
    if (!attempt.changed) return { file, status: 'unchanged', summary: attempt.summary }
    const reviews = await review(file, attempt)
    const missing = reviews.filter(one => one === null).length
    problems = [
      ...reviews.filter(Boolean).flatMap(one => one.approved ? [] : one.problems.length > 0 ? one.problems : ['A reviewer did not approve and gave no reason.']),
      ...(attempt.tests === 'failed' ? [`The tests fail: ${attempt.testOutput}`] : []),
      ...(missing > 0 ? [`${missing} of ${reviews.length} reviewers gave no answer.`] : []),
      ...(options.test && attempt.tests === 'not run' ? ['The test command was not run.'] : []),
    ]
    if (problems.length === 0) return { file, status: 'done', summary: attempt.summary, tests: attempt.tests, rounds: round }
  }
  return { file, status: 'not accepted', summary: attempt.summary, problems, tests: attempt.tests, rounds: 1 + rounds }
}

const outcomes = (await parallel(files.map(file => () => migrate(file)))).map((outcome, i) =>
  outcome ?? { file: files[i], status: 'failed', problems: ['The work on this file broke off.'] })
const of = status => outcomes.filter(outcome => outcome.status === status)
return {
  summary: `${of('done').length} of ${files.length} files done, ${of('unchanged').length} needed no change, ${of('not accepted').length} not accepted, ${of('failed').length} failed.`,
  done: of('done'),
  unchanged: of('unchanged'),
  notAccepted: of('not accepted'),
  failed: of('failed'),
  leftOut: candidates.slice(limit),
}
