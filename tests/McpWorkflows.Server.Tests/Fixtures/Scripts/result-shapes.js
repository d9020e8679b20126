// agents: 1
// result: {"date":"1970-01-01T00:00:00.000Z","list":[null,null,1],"map":{},"nested":{"kept":true},"promise":{},"text":"\ud83d\ude00"}
export const meta = { name: 'shapes', description: 'What a result becomes on its way through JSON' }

const graph = new Map([['a', ['b']]])
await agent(`Look at ${JSON.stringify([...graph])}`)
return {
  date: new Date(0), list: [undefined, () => 1, 1], map: graph,
  nested: { kept: true, dropped: undefined, toJSON() { return { kept: true } } },
  promise: Promise.resolve('left in it'), text: '😀', none: undefined,
}
