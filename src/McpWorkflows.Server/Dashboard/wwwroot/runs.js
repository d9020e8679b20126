import { get } from './api.js';
import { h, fill, put, clean } from './dom.js';
import { day, runStates, short, span } from './format.js';

const Interval = 2000;

/** The list of runs, kept up to date while the page is seen. */
export class RunList {
  constructor(element, onlink) {
    this.element = element;
    this.onlink = onlink;
    this.rows = new Map();
    this.empty = h('p', { class: 'quiet pad' }, 'No runs yet. Start one: mcp-workflows run SCRIPT, or ask your assistant to.');
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
    put(this.empty, this.runs?.length > 0 ? 'No run of that name.' : 'No runs yet. Start one: mcp-workflows run SCRIPT, or ask your assistant to.');
    const keep = new Set(shown.map(run => run.id));
    for (const [id, row] of this.rows) {
      if (keep.has(id)) continue;
      row.item.remove();
      this.rows.delete(id);
    }
    shown.forEach((run, index) => {
      const row = this.rowOf(run);
      put(row.state, runStates[run.state] ?? run.state);
      row.state.className = `badge ${run.state}`;
      put(row.detail, [day(run.createdAt), run.totals.agents > 0 ? `${short(run.totals.agents)} agents` : '', run.totals.durationMs > 0 ? span(run.totals.durationMs) : '']
        .filter(part => part !== '').join(' · '));
      if (this.list.children[index] !== row.item) this.list.insertBefore(row.item, this.list.children[index] ?? null);
    });
    this.select(this.selected);
  }

  rowOf(run) {
    let row = this.rows.get(run.id);
    if (!row) {
      const state = h('span');
      const detail = h('span', { class: 'run-detail' });
      const link = h('a', { class: 'run', href: `#/run/${encodeURIComponent(run.id)}` }, h('span', { class: 'run-name' }, clean(run.name)), state, detail);
      row = { item: h('li', {}, link), link, state, detail };
      this.rows.set(run.id, row);
    }
    return row;
  }
}
