import { get } from './api.js';
import { clean, fill, h, put } from './dom.js';

const Chunk = 400;

const agents = number => `${number} ${number === 1 ? 'agent' : 'agents'}`;

/** The script and the result of a run, read once somebody wants to see them. */
export class Source {
  constructor(path, model) {
    this.path = path;
    this.model = model;
    this.script = h('div', { class: 'script' });
    this.result = h('div', { class: 'result' });
    this.waiting = new Set();
  }

  /** A resume may have brought another script, and an end a result. */
  stateChanged(before, now) {
    if (before === now) return;
    this.resultAsked = false;
    if (before !== undefined && now === 'running') this.scriptAsked = false;
    if (!this.result.closest('[hidden]') && this.result.isConnected) this.loadResult();
  }

  async loadScript() {
    if (this.scriptAsked) return;
    this.scriptAsked = true;
    try {
      const { fileName, text, args } = await get(`${this.path}/script`);
      const code = h('ol', { class: 'code-lines', tabindex: '0', 'aria-label': `Script ${clean(fileName)}` });
      this.where = h('span');
      fill(this.script, h('p', { class: 'quiet' }, clean(fileName), this.where), code,
        args === undefined ? null : [h('h2', { class: 'sub' }, 'Arguments'), h('pre', { class: 'wrap', tabindex: '0' }, clean(JSON.stringify(args, null, 2)))]);
      this.lines = [];
      const lines = text.split(/\r?\n/);
      for (let index = 0; index < lines.length; index += Chunk) {
        for (const line of lines.slice(index, index + Chunk)) {
          const element = h('li', {}, h('code', {}, line === '' ? ' ' : clean(line)));
          this.lines.push(element);
          code.append(element);
        }
        await new Promise(resolve => { setTimeout(resolve, 0); });
      }
      this.render();
    } catch (failure) {
      this.scriptAsked = false;
      fill(this.script, h('p', { class: 'problem' }, failure.message));
    }
  }

  /** Marks the lines whose agents are at work or wait. */
  render() {
    if (!this.lines) return;
    const waiting = new Map();
    for (const agent of this.model.agents) {
      if (agent.line !== undefined && (agent.state === 'running' || agent.state === 'queued')) waiting.set(agent.line, (waiting.get(agent.line) ?? 0) + 1);
    }
    for (const line of new Set([...this.waiting, ...waiting.keys()])) {
      const element = this.lines[line - 1];
      if (!element) continue;
      const number = waiting.get(line);
      element.classList.toggle('waiting', number !== undefined);
      let note = element.querySelector('.note');
      if (number !== undefined) {
        note ??= element.appendChild(h('span', { class: 'note' }));
        put(note, `waits for ${agents(number)}`);
      } else note?.remove();
    }
    const first = Math.min(...waiting.keys());
    put(this.where, waiting.size === 0 ? '' : ` · line ${first} waits for ${agents(waiting.get(first))}${waiting.size > 1 ? `, and ${waiting.size - 1} more ${waiting.size === 2 ? 'line waits' : 'lines wait'}` : ''}`);
    // Once, so that the text does not run away from whoever reads it.
    if (waiting.size > 0 && !this.shown) {
      this.shown = true;
      const line = this.lines[first - 1];
      if (line) line.parentElement.scrollTop = Math.max(0, line.offsetTop - line.parentElement.offsetTop - line.parentElement.clientHeight / 2);
    }
    this.waiting = new Set(waiting.keys());
  }

  async loadResult() {
    if (this.resultAsked) return;
    this.resultAsked = true;
    if (!this.model.head?.hasResult) {
      this.resultAsked = false;
      fill(this.result, h('p', { class: 'quiet pad' }, this.model.isOver ? 'The run gave no result.' : 'There is no result yet.'));
      return;
    }
    try {
      const value = await get(`${this.path}/result`);
      fill(this.result, h('pre', { class: 'wrap', tabindex: '0', 'aria-label': 'Result' }, clean(typeof value === 'string' ? value : JSON.stringify(value, null, 2))));
    } catch (failure) {
      this.resultAsked = false;
      fill(this.result, h('p', { class: 'problem' }, failure.message));
    }
  }
}
