// agents: 4
// note: 7:15: Date.now() reads the clock.
// note: 8:44: Math.random() draws by chance.
// note: 13:43: new Date() without arguments reads the clock.
// result: {"order":3,"elapsed":true,"year":true}
export const meta = { name: 'chance', description: 'Uses the clock and chance, which is replay-safe here' }
const start = Date.now()
const shuffled = ['a', 'b', 'c'].map(v => [Math.random(), v]).sort(([x], [y]) => x - y).map(([, v]) => v)
const answers = []
for (const item of shuffled) {
  answers.push(await agent(`Item ${item}, Math.random() has no say in this`, { label: `item ${item}` }))
}
const note = await agent(`Date the note ${new Date().toISOString().slice(0, 10)}`)
return { order: answers.length, elapsed: Date.now() >= start, year: /20\d\d-\d\d-\d\d/.test(note) }
