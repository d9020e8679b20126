import { get } from './api.js';
import { h, fill, put, clean } from './dom.js';
import { count, day, dollars, short, span, stateOf } from './format.js';

const Interval = 2000;

/** The list of runs, kept up to date while the page is seen. */
export class RunList {
  constructor(element, onlink, onruns) {
    this.element = element;
    this.onruns = onruns;
    this.onlink = onlink;
    this.rows = new Map();
    this.empty = h('p', { class: 'quiet pad' }, 'No runs yet.');
    this.list = h('ol', { class: 'runs' });
    this.search = h('input', { type: 'search', id: 'find-run', placeholder: 'Name or id', oninput: () => this.show() });
    fill(element, h('h2', { class: 'side-title' }, 'Runs'), h('label', { class: 'unseen', for: 'find-run' }, 'Find a run'), this.search, this.list, this.empty);
    document.addEventListener('visibilitychange', () => this.poll());
    this.poll();
  }

  select(id) {
    this.selected = id;
    for (const [key, row] of this.rows) row.link[key === id ? 'setAttribute' : 'removeAttribute']('aria-current', 'page');
  }

  async poll() {
    clearTimeout(this.timer);
    if (document.hidden) return;
    try {
      this.runs = await get('/api/runs');
      this.onlink(true);
      this.onruns(this.runs);
      this.show();
    } catch {
      this.onlink(false);
    }
    this.timer = setTimeout(() => this.poll(), Interval);
  }

  show() {
    const wanted = this.search.value.trim().toLowerCase();
    const shown = (this.runs ?? []).filter(run => wanted === '' || run.name.toLowerCase().includes(wanted) || run.id.includes(wanted));
    this.empty.hidden = shown.length > 0;
    this.search.hidden = this.runs?.length === 0;
    put(this.empty, this.runs?.length > 0 ? 'No run of that name.' : 'No runs yet.');
    const keep = new Set(shown.map(run => run.id));
    for (const [id, row] of this.rows) {
      if (keep.has(id)) continue;
      row.item.remove();
      this.rows.delete(id);
    }
    shown.forEach((run, index) => {
      const row = this.rowOf(run);
      put(row.state, stateOf(run, true));
      row.state.className = `badge ${run.state}`;
      put(row.detail, [day(run.createdAt), run.totals.agents > 0 ? `${short(run.totals.agents)} ${run.totals.agents === 1 ? 'agent' : 'agents'}` : '',
        run.totals.cost > 0 ? dollars(run.totals.cost) : '', run.totals.durationMs > 0 ? span(run.totals.durationMs) : ''].filter(part => part !== '').join(' · '));
      put(row.failed, run.totals.failed > 0 ? `· ${count(run.totals.failed)} failed` : '');
      if (this.list.children[index] !== row.item) this.list.insertBefore(row.item, this.list.children[index] ?? null);
    });
    this.select(this.selected);
  }

  rowOf(run) {
    let row = this.rows.get(run.id);
    if (!row) {
      const state = h('span');
      const detail = h('span');
      const failed = h('span', { class: 'run-failed' });
      const link = h('a', { class: 'run', href: `#/run/${encodeURIComponent(run.id)}` }, h('span', { class: 'run-name' }, clean(run.name)), state, h('span', { class: 'run-detail' }, detail, ' ', failed));
      row = { item: h('li', {}, link), link, state, detail, failed };
      this.rows.set(run.id, row);
    }
    return row;
  }
}
