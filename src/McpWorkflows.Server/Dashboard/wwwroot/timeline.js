import { h, fill, put } from './dom.js';
import { agentStates, count, short, span } from './format.js';

const Spare = 6;
const order = ['running', 'queued', 'failed', 'stalled', 'answered', 'journal', 'skipped', 'cancelled', 'cut'];

/** All agents of a run as a table with a bar of time in each row. Only the rows in sight exist, so that a thousand are cheap. */
export class Timeline {
  constructor(model, onopen) {
    this.model = model;
    this.onopen = onopen;
    this.filter = { state: '', phase: '', text: '' };
    this.rows = [];
    this.shown = [];
    this.current = 0;
    this.top = 0;
    this.height = 0;
    this.narrow = matchMedia('(max-width: 719px)');
    this.chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Show agents by state' });
    this.text = h('input', { type: 'search', id: 'find-agent', placeholder: 'Label or number', oninput: () => { this.filter.text = this.text.value.toLowerCase(); this.render(); } });
    this.clear = h('button', { type: 'button', class: 'chip', hidden: true, onclick: () => this.onlyPhase('') });
    this.sizer = h('div', { class: 'rows', role: 'rowgroup' });
    this.head = h('div', { class: 'row head', role: 'row', 'aria-rowindex': '1' },
      ...['State', 'Agent', 'Time', 'Took', 'Tokens'].map(name => h('span', { role: 'columnheader', class: `cell ${name.toLowerCase()}` }, name)));
    this.body = h('div', { class: 'scroll', onscroll: () => { this.top = this.body.scrollTop; this.place(); }, onkeydown: event => this.key(event) }, this.sizer);
    this.table = h('div', { class: 'timeline', role: 'table', 'aria-label': 'Agents' }, h('div', { role: 'rowgroup', class: 'head-group' }, this.head), this.body);
    this.none = h('p', { class: 'quiet pad', hidden: true });
    this.element = h('div', { class: 'agents' },
      h('div', { class: 'filters' }, this.chips, this.clear, h('label', { class: 'unseen', for: 'find-agent' }, 'Find an agent'), this.text), this.table, this.none);
    // Sizes are taken when they change: to ask for them while drawing would lay the page out each time.
    new ResizeObserver(() => { this.height = this.body.clientHeight; this.place(); }).observe(this.body);
  }

  onlyPhase(title) {
    this.filter.phase = title;
    this.clear.hidden = title === '';
    this.clear.textContent = `Phase: ${title} ✕`;
    this.clear.setAttribute('aria-label', `Show all phases, not only ${title}`);
    this.render();
  }

  render() {
    const { state, phase, text } = this.filter;
    this.shown = this.model.agents.filter(agent => (state === '' || agent.state === state)
      && (phase === '' || agent.phase === phase)
      && (text === '' || agent.label.toLowerCase().includes(text) || String(agent.number) === text));
    this.showChips();
    this.table.setAttribute('aria-rowcount', String(this.shown.length + 1));
    this.none.hidden = this.shown.length > 0;
    put(this.none, this.model.agents.length === 0 ? 'No agents yet.' : 'No agent is like that.');
    this.table.hidden = this.shown.length === 0;
    this.place();
  }

  showChips() {
    const states = ['', ...order.filter(name => this.model.counts[name] > 0 || this.filter.state === name)];
    if (this.chipStates !== states.join()) {
      this.chipStates = states.join();
      const focused = document.activeElement?.dataset?.state;
      this.chipElements = states.map(name => h('button', { type: 'button', class: 'chip', 'data-state': name, onclick: () => { this.filter.state = name; this.render(); } },
        name === '' ? null : h('span', { class: `dot ${name}`, 'aria-hidden': 'true' }), h('span', {}), h('span', { class: 'number' })));
      fill(this.chips, ...this.chipElements);
      if (focused !== undefined) this.chipElements.find(chip => chip.dataset.state === focused)?.focus();
    }
    for (const chip of this.chipElements) {
      const name = chip.dataset.state;
      chip.setAttribute('aria-pressed', String(name === this.filter.state));
      put(chip.children[chip.children.length - 2], name === '' ? 'All' : agentStates[name]);
      put(chip.lastElementChild, count(name === '' ? this.model.agents.length : this.model.counts[name]));
    }
  }

  /** Puts the rows in sight where they belong. */
  place() {
    const height = this.rowHeight();
    const total = `${this.shown.length * height}px`;
    if (this.sizer.style.height !== total) {
      this.sizer.style.height = total;
      this.body.style.setProperty('--rows', total);
    }

    const first = Math.max(0, Math.min(Math.floor(this.top / height), this.shown.length - 1) - Spare);
    const wanted = Math.min(this.shown.length - first, Math.ceil(this.height / height) + 2 * Spare);
    while (this.rows.length < wanted) {
      const row = this.newRow();
      this.rows.push(row);
      this.sizer.append(row.element);
    }
    this.current = Math.max(first, Math.min(this.current, first + wanted - 1));
    const from = this.model.sessionStart ?? 0;
    const length = Math.max(1, this.model.end - from);
    // A row keeps its place in the pool by its index, so that what has the focus keeps it while others scroll by.
    this.rows.forEach(row => { row.wanted = false; });
    for (let index = first; index < first + wanted; index++) {
      const row = this.rows[index % this.rows.length];
      row.wanted = true;
      this.fillRow(row, index, this.shown[index], height, from, length);
    }
    this.rows.forEach(row => { if (row.element.hidden === row.wanted) row.element.hidden = !row.wanted; });
  }

  rowHeight() {
    return this.narrow.matches ? 56 : 34;
  }

  newRow() {
    const dot = h('span', { class: 'dot', 'aria-hidden': 'true' });
    const state = h('span', { class: 'state-name' });
    const button = h('button', { type: 'button', class: 'label', tabindex: '-1', onclick: () => this.onopen(row.agent.number, button), onfocus: () => { this.current = row.index; this.place(); } });
    const last = h('span', { class: 'last' });
    const bar = h('span', { class: 'bar' });
    const began = h('span', { class: 'unseen' });
    const took = h('span', { role: 'cell', class: 'cell took' });
    const tokens = h('span', { role: 'cell', class: 'cell tokens' });
    const element = h('div', { class: 'row', role: 'row' },
      h('span', { role: 'cell', class: 'cell state' }, dot, state),
      h('span', { role: 'cell', class: 'cell agent' }, button, last),
      h('span', { role: 'cell', class: 'cell time' }, began, h('span', { class: 'lane', 'aria-hidden': 'true' }, bar)),
      took, tokens);
    const row = { element, dot, state, button, last, bar, began, took, tokens };
    return row;
  }

  fillRow(row, index, agent, height, from, length) {
    row.agent = agent;
    row.index = index;
    const live = this.model.live.get(agent.number);
    const quiet = live?.quiet ? ' stalled' : '';
    const place = `${index} ${height}`;
    if (row.place !== place) {
      row.place = place;
      row.element.style.transform = `translateY(${index * height}px)`;
      row.element.setAttribute('aria-rowindex', String(index + 2));
    }

    const kind = `dot ${agent.state}${quiet}`;
    if (row.dot.className !== kind) row.dot.className = kind;
    // One stop for the Tab key; the arrow keys go from row to row.
    const stop = index === this.current ? 0 : -1;
    if (row.button.tabIndex !== stop) row.button.tabIndex = stop;
    put(row.state, live?.quiet ? 'Quiet' : live?.state === 'waiting' ? 'Waits' : agentStates[agent.state]);
    put(row.button, `${agent.number}  ${agent.label}`);
    if (row.button.title !== agent.label) row.button.title = agent.label;
    put(row.last, agent.state === 'running' ? (live?.last ?? '') : agent.cause ?? '');
    const begun = agent.startedAt ?? (agent.state === 'queued' ? agent.queuedAt : agent.endedAt) ?? from;
    const ended = agent.endedAt ?? this.model.end;
    put(row.began, `${agent.state === 'queued' ? 'waiting since' : 'from'} ${span(begun - from)} on`);
    const left = Math.min(100, Math.max(0, ((begun - from) / length) * 100));
    const width = Math.max(0.4, Math.min(100 - left, ((ended - Math.max(begun, from)) / length) * 100));
    const shade = `bar ${agent.state}${quiet}`;
    if (row.bar.className !== shade) row.bar.className = shade;
    const stretch = `${left.toFixed(1)}% ${width.toFixed(1)}%`;
    if (row.stretch !== stretch) {
      row.stretch = stretch;
      row.bar.style.left = `${left.toFixed(1)}%`;
      row.bar.style.width = `${width.toFixed(1)}%`;
    }

    put(row.took, agent.startedAt === undefined || agent.state === 'journal' ? '–' : span(ended - agent.startedAt));
    put(row.tokens, agent.outputTokens === undefined ? '–' : short(agent.outputTokens));
  }

  /** The arrow keys go from row to row, over those that do not exist yet. */
  key(event) {
    const at = this.rows.find(row => row.button === document.activeElement)?.index;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -Infinity, End: Infinity }[event.key];
    if (at === undefined || step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(this.shown.length - 1, at + step));
    this.current = next;
    const height = this.rowHeight();
    const top = next * height;
    if (top < this.body.scrollTop) this.body.scrollTop = top;
    else if (top + height > this.body.scrollTop + this.body.clientHeight) this.body.scrollTop = top + height - this.body.clientHeight;
    this.top = this.body.scrollTop;
    this.place();
    this.rows.find(row => row.wanted && row.index === next)?.button.focus({ preventScroll: true });
  }
}
