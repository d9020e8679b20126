// args: {"from":"moment","to":"date-fns","paths":["src/a.ts","src/b.ts","src/ü/c.ts"]}
// agents: 10
// result: {"migrated":3,"failed":0,"verified":"rehearsed verdict 9"}
export const meta = {
  name: 'migrate-library',
  title: 'Library migration',
  description: 'Moves every call site to another library, then checks the whole',
  phases: [{ title: 'Inventory' }, { title: 'Transform' }, { title: 'Verify' }],
};

const { from, to, paths = [] } = args;
const SITE = {
  type: 'object',
  properties: {
    sites: { type: 'array', items: { type: 'object', properties: { line: { type: 'integer' }, call: { type: 'string' } }, required: ['line', 'call'] } },
    risk: { type: 'string', enum: ['low', 'medium', 'high'] },
  },
  required: ['sites', 'risk'],
};
const DONE = { type: 'object', properties: { changed: { type: 'integer' }, notes: { type: ['string', 'null'] } }, required: ['changed', 'notes'] };

phase('Inventory');
const inventory = (await parallel(paths.map((path) => () =>
  agent(`List every use of ${from} in ${path}. Lines and calls only.`, { label: path, schema: SITE, effort: 'low' })
    .then((found) => found && { path, ...found }))))
  .filter(Boolean);

// Riskiest first, so that surprises come early.
const rank = { high: 0, medium: 1, low: 2 };
inventory.sort((a, b) => rank[a.risk] - rank[b.risk]);

phase('Transform');
const done = await pipeline(
  inventory,
  (entry) => agent(
    [
      `Rewrite ${entry.path} from ${from} to ${to}.`,
      'Call sites:',
      ...entry.sites.map(({ line, call }) => `  ${String(line).padStart(5)}  ${call}`),
      'Keep behaviour, including time zones. Commit nothing.',
    ].join('\n'),
    { label: `transform ${entry.path}`, phase: 'Transform', schema: DONE, effort: entry.risk === 'high' ? 'high' : undefined }),
  (result, entry) => agent(`Review the patch of ${entry.path}: ${JSON.stringify(result)}`, { label: `check ${entry.path}`, phase: 'Verify' })
    .then((review) => ({ entry, result, review })),
);

const failed = done.filter((d) => d === null).length;
phase('Verify');
const final = await agent(`Build and test after migrating ${from} → ${to}. ${failed} files were left behind.`, {
  label: 'build', stallMs: 600_000, schema: { type: 'object', properties: { verdict: { type: 'string' } }, required: ['verdict'] },
});
return { migrated: done.length - failed, failed, verified: final.verdict.replace(/\d+$/, '9') };
