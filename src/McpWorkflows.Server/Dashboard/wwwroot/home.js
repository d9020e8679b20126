import { clean, fill, h } from './dom.js';
import { count, day, dollars, span, stateOf } from './format.js';

const Shown = 6;

const groups = [
  ['Wait for you', run => run.state === 'planned' || (run.state === 'waiting' && run.waitingFor === 'answer')],
  ['At work', run => ['running', 'waiting', 'paused'].includes(run.state) && run.waitingFor !== 'answer'],
  ['Went wrong', run => ['failed', 'interrupted', 'completed_with_failures'].includes(run.state)],
];

/** What one sees before a run is chosen: those that want something of a person first. */
export class Home {
  constructor(main) {
    this.intro = h('p', { class: 'quiet' });
    this.groups = h('div', { class: 'home' });
    fill(main, h('div', { class: 'welcome' }, h('h1', {}, 'Runs'), this.intro), this.groups);
    this.show(undefined);
  }

  show(runs) {
    const key = JSON.stringify(runs);
    if (this.key === key) return;
    this.key = key;
    this.intro.textContent = runs?.length === 0
      ? 'No runs yet. They appear here by themselves, whoever starts them.'
      : 'Choose a run to see what its agents do, what it costs and what went wrong.';
    if (runs?.length === 0) fill(this.groups, start());
    else fill(this.groups, groups.map(([title, fits]) => group(title, (runs ?? []).filter(fits))));
  }
}

function group(title, runs) {
  if (runs.length === 0) return null;
  return h('section', { class: 'card', 'aria-label': title }, h('h2', { class: 'sub' }, `${title} (${count(runs.length)})`),
    h('ul', {}, runs.slice(0, Shown).map(run => h('li', {}, h('a', { class: 'run', href: `#/run/${encodeURIComponent(run.id)}` },
      h('span', { class: 'run-name' }, clean(run.name)), h('span', { class: `badge ${run.state}` }, stateOf(run, true)),
      h('span', { class: 'run-detail' }, [day(run.createdAt), run.totals.cost > 0 ? dollars(run.totals.cost) : '', run.totals.durationMs > 0 ? span(run.totals.durationMs) : ''].filter(part => part !== '').join(' · '), ' ',
        h('span', { class: 'run-failed' }, run.totals.failed > 0 ? `· ${count(run.totals.failed)} failed` : '')))))));
}

function start() {
  return h('section', { class: 'card', 'aria-label': 'Start a run' }, h('h2', { class: 'sub' }, 'Start one'),
    h('dl', { class: 'facts' },
      [['Ask', 'your assistant, once it knows this server: “review every file of src with a workflow”'],
        ['Script', 'mcp-workflows run review.js'],
        ['Goal', 'mcp-workflows run --goal "find unused settings" --plan-only'],
        ['Free trial', 'mcp-workflows run review.js --model rehearsal']].map(([name, value], index) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, index === 0 ? value : h('code', {}, value))))));
}
