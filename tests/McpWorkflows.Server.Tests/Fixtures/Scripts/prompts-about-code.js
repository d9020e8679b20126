// agents: 3
// result: {"lengths":true,"escaped":"`npm test`"}
/* import fs from 'fs'; — comments may say anything: eval('x'), require('y'), new Function('z'), with (w) {} */
export const meta = {
  name: 'prompts-about-code', // not: process.env.NAME
  description: 'Prompts are full of code, and none of it is ours',
}

const RULES = `
# House rules
1. Never use \`eval\`, \`new Function()\` or \`with\`.
2. \`import x from 'y'\` goes first; no \`require()\`.
3. Don't call Math.random() or Date.now() in tests: pass a seed.
4. Template literals: \`\${name}\` is fine, \`${'`'}nested${'`'}\` is not.
5. Regex like /[\\/"'\`]+(?<!\\\\)$/gu needs a comment.
\`\`\`ts
interface Finding { file: string; line?: number }
const x = (y as Finding)!.line satisfies number;
\`\`\`
`
const answers = await parallel([
  () => agent(RULES + "\nIs `process.exit(1)` allowed? (It isn't.) \"Quote\" the rule."),
  () => agent('Rewrite: import("./x.js").then(m => m.default) // dynamic import()'),
  () => agent(String.raw`C:\temp\new ${RULES.length} \u{1F600}` + ' 😀 \u{1F468}\u200D\u{1F469}\u200D\u{1F467} — “quotes”, tabs\tand\\backslashes'),
])
return { lengths: answers.every(a => a.length > 0), escaped: '`' + 'npm test' + `\`` }
