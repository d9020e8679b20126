// agents: 1
// result: {"none":[[],[]],"sync":[1,"two",null],"stages":[[2,1,0],null,[6,3,2]],"undef":"kept going"}
export const meta = { name: 'edges', description: 'Empty lists, synchronous thunks and stages, null and undefined' }

const none = [await parallel([]), await pipeline([], x => x)]
const sync = await parallel([() => 1, () => 'two', () => null])
const stages = await pipeline([1, 2, 3], n => n === 2 ? null : n * 2, (previous, item, index) => [previous, item, index])
const [undef] = await pipeline(['x'], () => undefined, previous => previous === undefined ? 'kept going' : 'stopped')
await agent('only one')
return { none, sync, stages, undef }
