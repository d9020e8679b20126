import { get } from './api.js';
import { clean, fill, h, put } from './dom.js';
import { agentStates, clock, count, dollars, span } from './format.js';

const Live = 700;

const stepNames = { AttemptStarted: 'Attempt', ToolCall: 'Tool', Retrying: 'Retry', Waiting: 'Wait' };

/** One agent: what it was asked, with what, what it does and what came of it. */
export class AgentPanel {
  constructor(element, view, number, session, onclose) {
    this.element = element;
    this.view = view;
    this.number = number;
    this.session = session;
    this.title = h('h2', { id: 'agent-title', tabindex: '-1' }, `Agent ${number}`);
    this.state = h('span', { class: 'badge' });
    this.facts = h('p', { class: 'quiet about' });
    this.actions = h('div', { class: 'actions' });
    this.body = h('div', { class: 'panel-body' });
    this.lastWords = h('pre', { class: 'wrap', tabindex: '0', 'aria-label': 'Last sign of life' });
    this.lastPart = part('Last sign of life', this.lastWords);
    fill(element,
      h('div', { class: 'panel-head' }, h('div', { class: 'run-line' }, this.title, this.state),
        h('button', { type: 'button', class: 'button close', 'aria-label': 'Close', onclick: onclose }, '✕')),
      this.facts, this.actions, this.body);
    element.setAttribute('aria-label', `Agent ${number}`);
    this.title.focus({ preventScroll: true });
    this.load();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    fill(this.element);
  }

  async load() {
    let wait;
    try {
      const agent = await get(`${this.view.path}/agents/${this.number}`);
      if (this.closed) return;
      this.show(agent);
      if (['queued', 'running', 'waiting'].includes(agent.state)) wait = Live;
    } catch (failure) {
      if (this.closed) return;
      this.missing(failure);
      wait = 2000;
    }
    if (wait && !this.view.model.isOver) this.timer = setTimeout(() => this.load(), wait);
  }

  /** What the events tell of it is known in any case. */
  missing(failure) {
    const agent = this.view.model.byNumber.get(this.number);
    if (agent) {
      put(this.title, `${agent.number}  ${agent.label}`);
      put(this.state, agentStates[agent.state]);
      this.state.className = `badge agent ${agent.state}`;
      const live = this.view.model.live.get(this.number);
      put(this.facts, [agent.phase ?? '', agent.startedAt ? span((agent.endedAt ?? this.view.model.now) - agent.startedAt) : '', live?.attempt > 1 ? `attempt ${live.attempt}` : '',
        live?.toolCalls > 0 ? `${count(live.toolCalls)} tool ${live.toolCalls === 1 ? 'call' : 'calls'}` : ''].filter(part => part !== '').join(' · '));
      this.showActions(!this.view.model.isOver && ['queued', 'running'].includes(agent.state), agent.state === 'running');
      put(this.lastWords, clean(live?.last ?? ''));
      this.lastPart.hidden = !live?.last;
    }
    if (this.shape !== 'missing') fill(this.body, this.lastPart, h('p', { class: 'quiet' }, failure.message));
    this.shape = 'missing';
  }

  show(agent) {
    const known = this.view.model.byNumber.get(agent.number);
    const state = agent.fromJournal ? 'journal' : agent.kind === 'Stalled' ? 'stalled' : { succeeded: 'answered', waiting: 'running' }[agent.state] ?? agent.state;
    put(this.title, `${agent.number}  ${clean(agent.label)}`);
    put(this.state, agent.quiet ? 'Quiet' : agentStates[state] ?? state);
    this.state.className = `badge agent ${agent.quiet ? 'stalled' : state}`;
    const began = agent.startedAt ?? known?.startedAt;
    const ended = agent.endedAt ?? known?.endedAt;
    put(this.facts, [agent.phase ? clean(agent.phase) : '', agent.model ? clean(agent.model) : '',
      began ? `${span((ended ?? this.view.model.now) - began)}` : '', agent.attempts > 1 ? `${agent.attempts} attempts` : '',
      agent.outputTokens !== undefined ? `${count(agent.inputTokens)} tokens in, ${count(agent.outputTokens)} out` : '',
      agent.cost !== undefined ? dollars(agent.cost) : '', agent.rehearsed ? 'made up by the rehearsal model' : ''].filter(part => part !== '').join(' · '));
    const isLive = ['queued', 'running', 'waiting'].includes(agent.state) && !this.view.model.isOver;
    this.showActions(isLive, agent.state !== 'queued');
    const shape = `${agent.state} ${agent.attempts} ${agent.endedAt}`;
    if (this.shape !== shape || !isLive) this.build(agent);
    this.shape = shape;
    if (isLive) this.refresh(agent);
  }

  showActions(isLive, isAtWork) {
    const shape = `${isLive} ${isAtWork}`;
    if (this.actionShape === shape) return;
    this.actionShape = shape;
    fill(this.actions, !isLive || this.session.readOnly ? null : [
      h('button', { type: 'button', class: 'button', 'data-action': 'skip', title: 'The script gets null in its place', onclick: () => this.act('skip', 'Skipped: the script gets null.') }, 'Skip'),
      isAtWork ? h('button', { type: 'button', class: 'button', 'data-action': 'restart', title: 'Its attempt is ended and it begins again', onclick: () => this.act('restart', 'The agent begins again.') }, 'Restart') : null,
    ]);
  }

  async act(action, words) {
    await this.view.act(action, words, { agent: this.number });
    clearTimeout(this.timer);
    await this.load();
  }

  build(agent) {
    this.text = h('pre', { class: 'wrap stream', tabindex: '0', 'aria-label': 'What it says' });
    this.steps = h('ol', { class: 'steps' });
    this.textPart = part('What it says', this.text);
    this.stepPart = part('Tool calls and attempts', this.steps);
    const answer = agent.answer === undefined ? null : part('Answer', block(agent.answer, 'Answer'));
    const failure = agent.cause === undefined ? null : part('Why it failed', block(agent.cause, 'Why it failed', 'bad'), agent.lastText ? [h('h4', {}, 'Its last words'), block(agent.lastText, 'Its last words')] : null);
    fill(this.body, failure, answer, this.textPart, this.stepPart,
      part('Prompt', block(agent.prompt, 'Prompt')),
      this.options(agent),
      agent.schema === undefined ? null : part('Schema of the answer', block(agent.schema, 'Schema of the answer')),
      agent.worktree || agent.notes?.length > 0 ? part('Notes', h('ul', {}, [agent.worktree, ...(agent.notes ?? [])].filter(Boolean).map(note => h('li', {}, clean(note))))) : null);
    this.refresh(agent);
  }

  refresh(agent) {
    const atEnd = this.text.scrollTop + this.text.clientHeight >= this.text.scrollHeight - 20;
    put(this.text, clean(agent.text ?? ''));
    this.textPart.hidden = !agent.text;
    if (atEnd) this.text.scrollTop = this.text.scrollHeight;
    this.stepPart.hidden = agent.steps === undefined || agent.steps.length === 0;
    const key = agent.steps?.length > 0 ? `${agent.steps.length} ${agent.steps.at(-1).at}` : '';
    if (this.stepKey === key && this.steps.childElementCount > 0) return;
    this.stepKey = key;
    fill(this.steps, (agent.steps ?? []).map(step => h('li', { class: step.kind },
      h('time', {}, clock(step.at)), h('span', { class: 'step-kind' }, `${stepNames[step.kind] ?? step.kind}${step.kind === 'AttemptStarted' ? ` ${step.attempt}` : ''}`), h('span', { class: 'step-detail' }, clean(step.detail ?? '')))));
  }

  options(agent) {
    const rows = agent.resolved && typeof agent.resolved === 'object'
      ? Object.entries(agent.resolved).filter(([, option]) => option && typeof option === 'object' && !Array.isArray(option)).map(([name, option]) => [name, option.value, option.from])
      : [...Object.entries(agent.stated).map(([name, value]) => [name, value, 'call']), ...(agent.runModel && !agent.stated.model ? [['model', agent.runModel, 'run']] : [])];
    const refused = agent.resolved?.refusedByEndpoint;
    if (rows.length === 0) return part('Options', h('p', { class: 'quiet' }, 'All by default.'));
    return part('Options', h('table', { class: 'options-table' },
      h('thead', {}, h('tr', {}, ['Option', 'Value', 'From'].map(name => h('th', { scope: 'col' }, name)))),
      h('tbody', {}, rows.map(([name, value, from]) => h('tr', {}, h('th', { scope: 'row' }, clean(name)), h('td', {}, clean(typeof value === 'string' ? value : JSON.stringify(value))), h('td', {}, clean(from ?? '')))))),
    refused ? h('p', { class: 'quiet' }, `The endpoint refused: ${clean([refused].flat().join(', '))}`) : null);
  }
}

function part(title, ...children) {
  return h('section', { class: 'part', 'aria-label': title }, h('h3', {}, title), ...children);
}

function block(value, label, kind = '') {
  return h('pre', { class: `wrap ${kind}`, tabindex: '0', 'aria-label': label }, clean(typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
}
