// agents: 60
// result: {"most":4,"done":60}
export const meta = { name: 'semaphore', description: 'Holds its own width although the engine has one' }

// As people write it: the engine's limit must not deadlock with it.
class Semaphore {
  #free
  #queue = []
  constructor(width) { this.#free = width }
  async acquire() {
    if (this.#free > 0) { this.#free--; return }
    await new Promise(resolve => this.#queue.push(resolve))
  }
  release() {
    const next = this.#queue.shift()
    if (next) next()
    else this.#free++
  }
  async run(work) {
    await this.acquire()
    try { return await work() } finally { this.release() }
  }
}

const gate = new Semaphore(4)
let running = 0, most = 0, done = 0
const guarded = prompt => gate.run(async () => {
  most = Math.max(most, ++running)
  try { return await agent(prompt) } finally { running--; done++ }
})

await pipeline([...Array(5).keys()],
  i => parallel([...Array(6).keys()].map(j => () => guarded(`first ${i}.${j}`))),
  (answers, i) => Promise.all(answers.map((answer, j) => guarded(`second ${i}.${j}: ${answer}`))))

return { most, done }
