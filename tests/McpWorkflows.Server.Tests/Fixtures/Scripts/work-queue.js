// agents: 13
// result: {"order":["lint","types","unit","bundle","deploy"],"visited":5,"even":[0,2,4]}
export const meta = { name: 'work-queue', description: 'A dependency graph, worked off by an async generator in waves' }

/** A task graph; `#` fields, statics, accessors and iteration as people use them. */
class Graph {
  static #count = 0
  #edges = new Map()
  static { this.kinds = Object.freeze(['lint', 'types', 'unit', 'bundle', 'deploy']) }
  add(name, ...needs) { this.#edges.set(name, new Set(needs)); Graph.#count++; return this }
  get size() { return this.#edges.size }
  static get total() { return Graph.#count }
  *ready(done) { for (const [name, needs] of this.#edges) if (!done.has(name) && [...needs].every(n => done.has(n))) yield name }
  async *waves() {
    const done = new Set()
    while (done.size < this.size) {
      const wave = [...this.ready(done)]
      if (wave.length === 0) throw new Error('cycle')
      yield wave
      wave.forEach(name => done.add(name))
    }
  }
  has(other) { return #edges in other }
}

const graph = new Graph().add('lint').add('types').add('unit', 'types').add('bundle', 'lint', 'unit').add('deploy', 'bundle')
const shell = (strings, ...values) => strings.raw.reduce((text, part, i) => text + part + (i < values.length ? `'${String(values[i]).replaceAll("'", `'\\''`)}'` : ''), '')
const order = []
for await (const wave of graph.waves()) {
  const answers = await parallel(wave.map(name => () => agent(shell`run ${name} --in ${"it's"} \n`, { label: name })))
  answers.forEach((answer, i) => { if (answer) order.push(wave[i]) })
}

const even = []
outer: for (let i = 0; ; i++) {
  switch (true) {
    case i > 4: break outer
    case i % 2 === 1: continue outer
    default: even.push(i)
  }
}

const closures = []
for (let i = 0; i < 4; i++) closures.push(async () => agent(`closure ${i} of ${closures.length}`))
const [head, , ...rest] = await Promise.all(closures.map(f => f()))
const { length, [0]: one = 'none', ...others } = rest
const later = await pipeline([[1, { a: [2] }], [3, {}]], ([n, { a: [m] = [n * 2] }]) => agent(`${n} and ${m ?? head}`), x => x?.length ? agent(`again ${x}`) : null)
return { order, visited: graph.has(graph) && Graph.total === later.length + 3 ? graph.size : 0, even }
