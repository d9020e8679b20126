export const meta = { name: 'child-by-path', description: 'What child-workflows.js runs by its path' }
await agent(`Double ${args}`)
return { twice: args * 2 }
