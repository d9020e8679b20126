// agents: 3
// result: {"same":true,"spread":true}
export const meta = { name: 'options', description: 'An option that is undefined is absent' }

const strict = false
const options = { label: undefined, schema: strict ? { type: 'object', properties: {} } : undefined, phase: undefined, model: undefined }
const [a, b] = [await agent('same prompt', options), await agent('same prompt')]
const spread = await agent('other', { ...(strict && { effort: 'max' }), label: 'spread' })
return { same: typeof a === typeof b && a.length > 0, spread: typeof spread === 'string' }
