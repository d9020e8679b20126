// Asks the same question about every entry of a list, all at once, and returns the answers side by side.
//
//   args (optional): a list, or { items: [...], question: 'What …?' }

export const meta = {
  name: 'fan-out',
  description: 'One agent per entry of a list, all answers in one table',
  whenToUse: 'When the same small job has to be done for each of many things',
  phases: [{ title: 'Ask', detail: 'one agent per entry' }],
}

const DEFAULT_ITEMS = ['mutex', 'semaphore', 'barrier', 'latch', 'read-write lock', 'condition variable']
const DEFAULT_QUESTION = 'Which mistake do programmers make most often with it? Answer in one sentence.'

const items = Array.isArray(args) ? args : args?.items ?? DEFAULT_ITEMS
const question = args?.question ?? DEFAULT_QUESTION
const nameOf = item => typeof item === 'string' ? item : JSON.stringify(item)

phase('Ask')
log(`${items.length} entries`)

// parallel() takes functions, waits for all of them and keeps their order. An agent that failed leaves a null.
const answers = await parallel(items.map(item => () =>
  agent(`${question}\n\nSubject: ${nameOf(item)}`, { label: nameOf(item) })))

return {
  answers: items.map((item, index) => ({ item, answer: answers[index] })).filter(row => row.answer !== null),
  unanswered: items.filter((_, index) => answers[index] === null),
}
