import { open, post } from './api.js';
import { Attention } from './attention.js';
import { Chart } from './chart.js';
import { ask, askForName, clean, fill, h, put, say } from './dom.js';
import { clock, count, day, dollars, short, span, stateOf } from './format.js';
import { RunModel } from './model.js';
import { Source } from './source.js';
import { Stream } from './stream.js';
import { Timeline } from './timeline.js';

const Fast = 250;
const Slow = 1000;

/** One run: what it does, what it costs, what it waits for. */
export class RunView {
  constructor(main, id, session, { onlink, onagent }) {
    this.id = id;
    this.session = session;
    this.model = new RunModel();
    this.path = `/api/runs/${encodeURIComponent(id)}`;
    this.timeline = new Timeline(this.model, onagent);
    this.chart = new Chart(this.model);
    this.source = new Source(this.path, this.model);
    this.attention = new Attention(this);
    this.build(main);
    this.stream = new Stream(`${this.path}/events`, {
      onlink,
      onmessage: (name, data) => this.take(name, data),
      ongone: failure => fill(main, h('div', { class: 'welcome' }, h('h1', {}, 'No such run'), h('p', {}, failure.message))),
    });
    this.beat = setInterval(() => { if (!this.model.isOver) this.dirty = true; }, Slow);
    this.loop();
  }

  close() {
    this.closed = true;
    clearInterval(this.beat);
    this.stream.close();
  }

  async take(name, data) {
    if (name === 'journal') await this.model.take(data);
    else if (name === 'activity') this.model.takeActivity(data);
    else if (name === 'head') {
      const before = this.model.head?.state;
      this.model.takeHead(data);
      if (before !== undefined && before !== data.state) say(`${clean(data.name)}: ${stateOf(data).toLowerCase()}.`);
      this.attention.show(data);
      this.source.stateChanged(before, data.state);
      // Whoever is to approve a plan comes to read its script.
      if (before === undefined && data.state === 'planned') this.choose('Script');
      if (before === undefined) this.render();
    }
    this.dirty = true;
  }

  /** Draws what has changed, at most four times a second and only while somebody looks: a part in each frame, so that none is long. */
  loop() {
    if (this.closed) return;
    const parts = this.dirty && !document.hidden ? this.parts() : [];
    if (parts.length > 0) this.dirty = false;
    const next = () => {
      if (this.closed) return;
      parts.shift()?.();
      if (parts.length > 0) requestAnimationFrame(next);
      else setTimeout(() => requestAnimationFrame(() => this.loop()), Fast);
    };
    next();
  }

  build(main) {
    this.title = h('h1', { class: 'run-title' });
    this.badge = h('span', { class: 'badge' });
    this.about = h('p', { class: 'about quiet' });
    this.actions = h('div', { class: 'actions' });
    this.buttons = {
      pause: this.button('Pause', 'pause', () => this.act('pause', 'Pausing: agents at work finish, none starts.')),
      resume: this.button('Resume', 'resume', () => this.act('resume', 'The run goes on.'), 'primary'),
      cancel: this.button('Cancel', 'cancel', () => this.cancel(), 'danger'),
      save: this.button('Save as…', 'save', () => this.save()),
      export: h('button', { type: 'button', class: 'button', onclick: () => this.export() }, 'Export'),
    };
    fill(this.actions, ...Object.values(this.buttons));
    this.tiles = new Map(['Agents', 'Tokens', 'Cost', 'Rate', 'Time'].map(name => [name, tile(name)]));
    this.failed = h('span', { class: 'detail problem' });
    this.tiles.get('Agents').element.append(this.failed);
    this.phases = h('ul', { class: 'phases' });
    this.phaseRows = new Map();
    this.phaseCard = h('section', { class: 'card', 'aria-label': 'Phases', hidden: true }, h('h2', { class: 'sub' }, 'Phases'), this.phases);
    this.log = h('ol', { class: 'log', tabindex: '0', 'aria-label': 'Log' });
    this.figures = h('div', { class: 'figures' },
      h('div', { class: 'tiles' }, [...this.tiles.values()].map(one => one.element)),
      h('div', { class: 'overview' }, this.chart.element, this.phaseCard));
    this.tabs = ['Agents', 'Log', 'Script', 'Result'];
    this.tabElements = this.tabs.map((name, index) => h('button', {
      type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `tab-panel-${name}`, onclick: () => this.choose(name),
      onkeydown: event => this.tabKey(event, index),
    }, name));
    const bodies = [this.timeline.element, this.log, this.source.script, this.source.result];
    this.tabPanels = this.tabs.map((name, index) => h('div', { role: 'tabpanel', id: `tab-panel-${name}`, 'aria-labelledby': `tab-${name}`, class: 'tab-panel' }, bodies[index]));
    fill(main,
      h('a', { class: 'back', href: '#/' }, '‹ All runs'),
      h('div', { class: 'run-head' }, h('div', { class: 'run-heading' }, h('div', { class: 'run-line' }, this.title, this.badge), this.about), this.actions),
      this.attention.element,
      this.figures,
      h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Parts of the run' }, this.tabElements),
      this.tabPanels);
    this.choose('Agents');
  }

  button(words, action, onclick, kind = '') {
    return h('button', { type: 'button', class: `button ${kind}`, 'data-action': action, hidden: true, onclick }, words);
  }

  choose(name) {
    this.tab = name;
    this.tabs.forEach((tab, index) => {
      this.tabElements[index].setAttribute('aria-selected', String(tab === name));
      this.tabElements[index].tabIndex = tab === name ? 0 : -1;
      this.tabPanels[index].hidden = tab !== name;
    });
    if (name === 'Script') this.source.loadScript();
    if (name === 'Result') this.source.loadResult();
    this.dirty = true;
  }

  tabKey(event, index) {
    const last = this.tabs.length - 1;
    const next = { ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index === 0 ? last : index - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.choose(this.tabs[next]);
    this.tabElements[next].focus();
  }

  render() {
    for (const part of this.parts()) part();
  }

  parts() {
    return this.model.head ? [() => this.showHead(), () => this.showFigures(), () => this.showChart(), () => this.showTab()] : [];
  }

  showHead() {
    const { head } = this.model;
    put(this.title, clean(head.name));
    document.title = `${clean(head.name)} · ${stateOf(head)}`;
    put(this.badge, stateOf(head));
    this.badge.className = `badge ${head.state}`;
    put(this.about, [head.id, `${head.state === 'planned' ? 'planned' : 'started'} ${day(head.createdAt)}`, head.model ? clean(head.model) : '', head.parent ? `goes on from ${head.parent}` : '',
      head.goal ? `Goal: ${clean(head.goal)}` : ''].filter(part => part !== '').join(' · '));
    this.showActions(head.state);
    // Before anything has run there is nothing to count.
    this.figures.hidden = head.state === 'planned' && this.model.agents.length === 0;
  }

  showFigures() {
    if (this.figures.hidden) return;
    this.showTiles();
    this.showPhases();
  }

  showChart() {
    if (!this.figures.hidden) this.chart.render();
  }

  showTab() {
    if (this.tab === 'Agents') this.timeline.render();
    else if (this.tab === 'Log') this.showLog();
    else if (this.tab === 'Script') this.source.render();
  }

  showActions(state) {
    const may = !this.session.readOnly;
    this.buttons.pause.hidden = !may || !['running', 'waiting'].includes(state);
    this.buttons.resume.hidden = !may || !['paused', 'interrupted', 'failed', 'cancelled', 'completed_with_failures'].includes(state);
    this.buttons.save.hidden = !may;
    this.buttons.cancel.hidden = !may || !['running', 'waiting', 'paused', 'interrupted', 'planned'].includes(state);
  }

  showTiles() {
    const { counts } = this.model;
    const { head } = this.model;
    const sum = this.model.sum();
    const over = counts.answered + counts.journal + counts.failed + counts.stalled + counts.skipped + counts.cancelled + counts.cut;
    const failed = counts.failed + counts.stalled;
    const { isOver } = this.model;
    this.set('Agents', `${short(over)} of ${short(this.model.agents.length)}`,
      [counts.running > 0 ? `${count(counts.running)} at work` : '', counts.queued > 0 ? `${count(counts.queued)} waiting` : '', counts.journal > 0 ? `${count(counts.journal)} from journal` : ''],
      this.model.agents.length === 0 ? undefined : over / this.model.agents.length);
    put(this.failed, failed > 0 ? `${count(failed)} failed` : '');
    this.set('Tokens', `${short(sum.outputTokens)} out`, [`${short(sum.inputTokens)} in`, head.budget ? `budget ${short(head.budget)}` : ''],
      head.budget ? sum.outputTokens / head.budget : undefined, head.budget && sum.outputTokens >= head.budget);
    this.set('Cost', sum.rehearsed ? 'rehearsed' : dollars(sum.cost), [head.budgetDollars ? `of ${dollars(head.budgetDollars)}` : '', sum.unpriced > 0 ? `${count(sum.unpriced)} calls without a price` : '', sum.rehearsed ? 'all answers are made up' : ''],
      head.budgetDollars && sum.cost !== undefined ? sum.cost / head.budgetDollars : undefined, head.budgetDollars && sum.cost >= head.budgetDollars);
    const rate = this.model.rate();
    const left = head.budget && rate > 0 && !isOver ? ((head.budget - sum.outputTokens) / rate) * 60_000 : undefined;
    this.set('Rate', `${short(rate)} / min`, [left > 5000 ? `budget lasts ${span(left)}` : isOver ? 'output tokens, on average' : 'output tokens'], undefined);
    this.set('Time', span(sum.durationMs ?? this.model.now - this.model.sessionStart), [head.waitingUntil ? `goes on at ${day(head.waitingUntil)}` : head.waitingFor === 'answer' ? 'stands still' : head.endedAt ? `ended ${day(head.endedAt)}` : ''], undefined);
  }

  set(name, value, details, share, isBad = false) {
    const one = this.tiles.get(name);
    put(one.value, value);
    put(one.detail, details.filter(part => part !== '').join(' · '));
    one.meter.hidden = share === undefined;
    if (share !== undefined) one.meter.firstChild.style.width = `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`;
    one.element.classList.toggle('bad', Boolean(isBad));
  }

  showPhases() {
    this.phaseCard.hidden = this.model.phases.size === 0;
    for (const phase of this.model.phases.values()) {
      let row = this.phaseRows.get(phase.title);
      if (!row) {
        const parts = ['answered', 'journal', 'failed', 'running', 'queued'].map(name => h('span', { class: name }));
        const text = h('span');
        const failed = h('span', { class: 'problem' });
        row = { parts, text, failed };
        this.phases.append(h('li', {}, h('button', { type: 'button', class: 'phase', onclick: () => { this.choose('Agents'); this.timeline.onlyPhase(phase.title); } },
          h('span', { class: 'phase-name' }, phase.title), h('span', { class: 'phase-count' }, text, ' ', failed), h('span', { class: 'stack', 'aria-hidden': 'true' }, parts))));
        this.phaseRows.set(phase.title, row);
      }
      const failed = phase.failed + phase.stalled;
      const done = phase.answered + phase.journal + failed + phase.skipped + phase.cancelled + phase.cut;
      const all = done + phase.running + phase.queued;
      put(row.text, all === 0 ? '' : `${count(done)} of ${count(all)}${phase.running > 0 ? `, ${count(phase.running)} at work` : ''}${failed > 0 ? ',' : ''}`);
      put(row.failed, failed > 0 ? `${count(failed)} failed` : '');
      const sizes = { answered: phase.answered + phase.skipped + phase.cancelled + phase.cut, journal: phase.journal, failed, running: phase.running, queued: phase.queued };
      for (const part of row.parts) part.style.flexGrow = String(sizes[part.className]);
    }
  }

  showLog() {
    const { lines } = this.model;
    const atEnd = this.log.scrollTop + this.log.clientHeight >= this.log.scrollHeight - 40;
    const last = lines.at(-1);
    if (this.logLast === last && this.logFirst === lines[0]) return;
    const known = this.logFirst === lines[0] ? lines.lastIndexOf(this.logLast) + 1 : 0;
    if (known === 0) fill(this.log);
    // As many as can be made in one go without holding up the page; the rest comes with the next picture.
    const until = Math.min(lines.length, known + 300);
    for (let index = known; index < until; index++) {
      const line = lines[index];
      this.log.append(h('li', { class: `line ${['warn', 'error', 'state', 'question'].includes(line.level) ? line.level : 'log'}` },
        h('time', {}, clock(line.at)), h('span', {}, line.text)));
    }
    this.logFirst = lines[0];
    this.logLast = lines[until - 1];
    if (until < lines.length) this.dirty = true;
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  async act(action, words, body) {
    try {
      const { runId } = await post(`${this.path}/${action}`, body);
      say(words);
      if (runId !== this.id) location.hash = `#/run/${encodeURIComponent(runId)}`;
    } catch (failure) {
      say(failure.message, true);
    }
  }

  async cancel() {
    if (await ask('Cancel this run? Agents at work are ended; what is in the journal stays, and the run can be resumed.', 'Cancel the run')) await this.act('cancel', 'The run is cancelled.');
  }

  async save() {
    const chosen = await askForName(clean(this.model.head.name).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, ''));
    if (chosen) await this.act('save', `Saved as ${chosen.name}.`, chosen);
  }

  async export() {
    try {
      const response = await open(`${this.path}/export`);
      const url = URL.createObjectURL(await response.blob());
      h('a', { href: url, download: `${this.id}.jsonl` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (failure) {
      say(failure.message, true);
    }
  }
}

function tile(name) {
  const value = h('span', { class: 'value' });
  const detail = h('span', { class: 'detail' });
  const meter = h('span', { class: 'meter', hidden: true, 'aria-hidden': 'true' }, h('span', {}));
  return { value, detail, meter, element: h('section', { class: 'tile', 'aria-label': name }, h('h2', { class: 'sub' }, name), value, meter, detail) };
}
