// args: "{\"issues\":[{\"id\":1,\"title\":\"Crash on start\"},{\"id\":2,\"title\":\"Add dark mode\"}],\"labels\":[\"bug\",\"feature\"]}"
// agents: 4
// result: [{"id":1,"label":"bug","duplicateOf":"rehearsed duplicateOf 1"},{"id":2,"label":"bug","duplicateOf":"rehearsed duplicateOf 1"}]
export const meta = { name: 'triage', description: 'Labels issues and drafts a first answer', phases: [{ title: 'Label' }, { title: 'Answer' }] }

// Callers send the object as a JSON string as often as not.
if (typeof args === 'string') args = JSON.parse(args)
args = { labels: ['bug', 'question'], ...args }

const LABEL = {
  type: 'object',
  properties: {
    label: { type: 'string', enum: args.labels },
    duplicateOf: { type: ['string', 'null'], description: 'id of the older issue, null if there is none' },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  },
  required: ['label', 'duplicateOf', 'confidence'],
}

const triaged = await pipeline(args.issues,
  issue => agent(`Label issue #${issue.id}: ${issue.title}\nLabels: ${args.labels.join(', ')}`, { label: `#${issue.id}`, phase: 'Label', schema: LABEL }),
  async (triage, issue) => {
    const answer = await agent(`Draft a first answer to #${issue.id} (${triage.label}), two sentences.`, { label: `answer #${issue.id}`, phase: 'Answer' })
    if (!answer) log(`#${issue.id}: no answer`)
    return { id: issue.id, label: triage.label, duplicateOf: triage.duplicateOf.replace(/\d+/, '1') }
  })

return triaged
