// Plans a piece of work: drafts from several angles, a panel that judges them, one merged plan that skeptics tried to break.
//
//   args: 'the task', or { task, angles: ['smallest change', …], judges: 3, context: 'constraints' }

export const meta = {
  name: 'plan',
  description: 'Drafts plans from several angles, has them judged, merges the best ideas and attacks the result once',
  whenToUse: 'Before costly or irreversible work, when one plan from one head is not enough',
  phases: [
    { title: 'Draft', detail: 'one planner per angle' },
    { title: 'Judge', detail: 'a panel scores the drafts' },
    { title: 'Merge', detail: 'the best draft takes what is better in the others' },
    { title: 'Attack', detail: 'skeptics look for what breaks it' },
  ],
}

const options = typeof args === 'string' ? { task: args } : args ?? {}
const task = options.task
if (typeof task !== 'string' || task.trim() === '') throw new Error('plan needs a task. Pass it as args: "…", or as args.task.')
const angles = options.angles ?? ['the smallest change that does the job', 'risk first: what could go wrong and how it is undone', 'the person who must live with the result in a year']
const judges = options.judges ?? 3
const brief = `${task}${options.context ? `\n\nConstraints and context:\n${options.context}` : ''}`

const PLAN = {
  type: 'object',
  properties: {
    summary: { type: 'string', description: 'the plan in two or three sentences' },
    steps: {
      type: 'array', minItems: 1,
      items: {
        type: 'object',
        properties: {
          what: { type: 'string' },
          where: { type: 'string', description: 'files, systems or people concerned' },
          check: { type: 'string', description: 'how one sees that the step is done and right' },
        },
        required: ['what', 'where', 'check'],
      },
    },
    risks: { type: 'array', items: { type: 'string' } },
    open: { type: 'array', items: { type: 'string' }, description: 'questions that only a person can answer' },
  },
  required: ['summary', 'steps', 'risks', 'open'],
}

phase('Draft')
const drafts = (await parallel(angles.map(angle => () => agent(
  `Plan this task:\n\n${brief}\n\nPlan it from this angle: ${angle}. Look at what is there before you plan; name real ` +
  'places. Every step needs a check. List what you do not know as open questions instead of assuming it.',
  { label: `draft: ${angle}`, phase: 'Draft', effort: 'high', schema: PLAN })))).map((plan, i) => plan && { angle: angles[i], ...plan }).filter(Boolean)
if (drafts.length === 0) throw new Error('Every planner failed, so there is no plan. Resume the run to try them again.')

phase('Judge')
const panel = drafts.length === 1 ? null : await judge(drafts, {
  judges, context: brief, phase: 'Judge',
  criteria: ['it reaches the goal', 'its steps are concrete and can be checked', 'it is no larger than needed', 'it sees the real risks'],
})
const best = panel?.index >= 0 ? drafts[panel.index] : drafts[0]

phase('Merge')
const merged = drafts.length === 1 ? best : await agent(
  `Task:\n\n${brief}\n\nThe plan that the judges liked best:\n${JSON.stringify(best, null, 2)}\n\nThe others:\n` +
  `${JSON.stringify(drafts.filter(draft => draft !== best), null, 2)}\n\nWhat the judges said:\n` +
  `${JSON.stringify(panel.ranking.map(one => ({ angle: one.candidate.angle, score: one.score, reasons: one.scores.map(score => score.reason) })), null, 2)}\n\n` +
  'Write one plan: the best one, with what is better in the others. Leave out what does not carry its weight.',
  { label: 'merge', effort: 'high', schema: PLAN }) ?? best

phase('Attack')
const attacked = await verify(
  `This plan reaches its goal without doing harm:\n${JSON.stringify(merged, null, 2)}`,
  { context: brief, phase: 'Attack', label: 'attack', lenses: ['a step that fails or is missing', 'harm to what works today', 'an assumption that is not true of what is there'] })
const objections = attacked.votes.filter(vote => vote.verdict === 'refuted').map(vote => ({ lens: vote.lens, objection: vote.reason, evidence: vote.evidence }))
const mended = objections.length === 0 ? null : await agent(
  `Task:\n\n${brief}\n\nPlan:\n${JSON.stringify(merged, null, 2)}\n\nSkeptics objected:\n${JSON.stringify(objections, null, 2)}\n\n` +
  'Answer each objection: change the plan where it is right; where it is wrong, or cannot be met, list it under risks.',
  { label: 'mend', phase: 'Attack', effort: 'high', schema: PLAN })

return {
  plan: mended ?? merged,
  objections,
  unanswered: objections.length > 0 && mended === null,
  judged: panel?.ranking.map(one => ({ angle: one.candidate.angle, score: one.score })) ?? [],
  draftsFailed: angles.length - drafts.length,
}
