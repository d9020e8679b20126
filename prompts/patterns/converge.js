// converge(step, options?): repeats a step until it brings nothing new.
//
//   step        async ({ round, items, fresh }) => array of what this round found; `items` is everything so far, `fresh`
//               what the last round added. null or undefined: the round failed, which is not the same as finding nothing.
//   quiet       how many rounds in a row must bring nothing new: 2
//   rounds      hard cap: 10
//   key         item => string that tells items apart: the text or the item's JSON, letters in lower case, white
//               space folded
//   seen        items known beforehand, which do not count as found
//   reserve     output tokens to leave in the budget: 0; below it no further round begins
//
// Resolves with { items, rounds: [{ round, found, fresh, failed }], converged, stopped, open }, where stopped is 'converged',
// 'rounds' or 'budget'. Unless it converged, `open` holds what the last rounds still brought: where more may be.
async function converge(step, options = {}) {
  const { quiet = 2, rounds: cap = 10, seen = [], reserve = 0, key = item => typeof item === 'string' ? item : JSON.stringify(item) } = options
  if (typeof step !== 'function') throw new TypeError('converge() needs a function: converge(async ({ round, items }) => […]).')
  if (!Number.isInteger(quiet) || quiet < 1) throw new TypeError('converge(): quiet must be 1 or more.')
  if (!Number.isInteger(cap) || cap < 1 || cap > 1000) throw new TypeError('converge(): rounds must be from 1 to 1,000.')
  if (typeof key !== 'function') throw new TypeError('converge(): key must be a function of an item.')

  const keyOf = item => String(key(item)).toLowerCase().replace(/\s+/g, ' ').trim()
  const known = new Set(seen.map(keyOf))
  const items = []
  const history = []
  let fresh = []
  let still = 0
  let stopped = 'rounds'
  for (let round = 1; round <= cap; round++) {
    if (budget.remaining() <= reserve) {
      stopped = 'budget'
      break
    }
    const found = await step({ round, items: [...items], fresh: [...fresh] })
    if (found !== null && found !== undefined && !Array.isArray(found)) {
      throw new TypeError('converge(): the step must return an array, or null when the round failed.')
    }
    fresh = (found ?? []).filter(item => {
      if (item === null || item === undefined) return false
      const name = keyOf(item)
      return !known.has(name) && known.add(name)
    })
    items.push(...fresh)
    history.push({ round, found: found?.length ?? 0, fresh: fresh.length, failed: !found })
    log(`round ${round}: ${found ? `${fresh.length} new of ${found.length}, ${items.length} in all` : 'failed'}`)
    // A failed round says nothing about whether there is more.
    still = !found ? still : fresh.length === 0 ? still + 1 : 0
    if (still >= quiet) {
      stopped = 'converged'
      break
    }
  }
  const converged = stopped === 'converged'
  return { items, rounds: history, converged, stopped, open: converged ? [] : fresh }
}
