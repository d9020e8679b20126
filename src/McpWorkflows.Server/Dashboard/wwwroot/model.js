import { clean } from './dom.js';

const KeptLines = 2000;
const KeptSamples = 480;
const Slice = 8;

const states = {
  running: 'running', fromJournal: 'journal', succeeded: 'answered', skipped: 'skipped', cancelled: 'cancelled', postponed: 'queued', restarted: 'queued',
};

/** What a run's events add up to. Knows nothing of the page. */
export class RunModel {
  constructor() {
    this.agents = [];
    this.byNumber = new Map();
    this.phases = new Map();
    this.counts = { queued: 0, running: 0, answered: 0, journal: 0, failed: 0, stalled: 0, skipped: 0, cancelled: 0, cut: 0 };
    this.lines = [];
    this.steps = [];
    this.gate = [];
    this.gateLog = [];
    this.spent = [];
    this.live = new Map();
    this.head = undefined;
    this.totals = undefined;
    this.inputTokens = 0;
    this.outputTokens = 0;
    this.lastSeq = 0;
    this.skew = 0;
    this.sessionStart = undefined;
    this.version = 0;
  }

  get now() {
    return Date.now() + this.skew;
  }

  /** Takes events in, a few milliseconds at a time: a thousand agents must not hold the page up. */
  async take(events) {
    let begun = performance.now();
    for (const event of events) {
      if (event.seq <= this.lastSeq) continue;
      this.apply(event);
      this.lastSeq = event.seq;
      if (performance.now() - begun > Slice) {
        this.version++;
        await new Promise(resolve => { setTimeout(resolve, 0); });
        begun = performance.now();
      }
    }
    this.version++;
  }

  takeHead(head) {
    this.head = head;
    this.skew = head.now - Date.now();
    this.sessionStart ??= head.createdAt;
    if (!['running', 'waiting', 'paused'].includes(head.state)) this.cutOff();
    if (!head.here && this.isOver) this.live.clear();
    this.totals = head.totals;
    this.version++;
  }

  takeActivity(activity) {
    this.live = new Map(activity.running.map(agent => [agent.number, agent]));
    this.liveTotals = activity.totals;
    this.gate.push(...activity.gate);
    if (this.gate.length > KeptSamples) this.gate = this.gate.filter((_, index) => index % 2 === 0);
    this.version++;
  }

  /** The gate over time: sampled where the run is in the server's own process, else as its process noted changes. */
  get gateSamples() {
    return this.gate.length > 0 ? this.gate : this.gateLog;
  }

  /** What agents in another process do, while somebody watches. */
  doing(agents) {
    if (this.head?.here) return;
    for (const agent of agents) this.live.set(agent.number, agent);
  }

  apply({ at, kind, data }) {
    if (data === null || typeof data !== 'object') return;
    switch (kind) {
      case 'phase': this.phaseOf(data.title); break;
      case 'log': this.line(at, data.level, data.text); break;
      case 'queued': for (const call of data.calls ?? []) this.queue(at, call); break;
      case 'call': this.call(at, data); break;
      case 'branch': this.line(at, 'error', `${data.label}: ${data.cause}`); break;
      case 'question': this.line(at, 'question', data.answer === undefined ? `Question ${data.number}: ${data.text}` : `Question ${data.number} is answered.`); break;
      case 'gate': this.gateLog.push({ at, width: data.width, allowed: data.allowed }); break;
      case 'doing': this.doing(data.agents ?? []); break;
      case 'state': this.state(at, data); break;
    }
  }

  state(at, data) {
    if (data.state === 'running' && !data.goesOn) {
      this.cutOff();
      this.sessionStart = at;
    }
    if (['interrupted', 'cancelled', 'failed'].includes(data.state)) this.cutOff();
    this.line(at, 'state', data.goesOn ? 'The run goes on.' : `The run is ${String(data.state).replaceAll('_', ' ')}.${data.error ? ` ${data.error}` : ''}`);
  }

  queue(at, call) {
    const agent = this.agentOf(call);
    agent.queuedAt = at;
    agent.line = call.line;
    agent.startedAt = agent.endedAt = undefined;
    this.move(agent, 'queued', at);
  }

  call(at, call) {
    const agent = this.agentOf(call);
    const state = call.state === 'failed' ? (call.kind === 'stalled' ? 'stalled' : 'failed') : states[call.state] ?? 'cut';
    if (state === 'running') {
      agent.startedAt = at;
      agent.endedAt = undefined;
    } else if (state === 'queued') {
      agent.startedAt = undefined;
    } else {
      agent.endedAt = at;
      agent.startedAt ??= at;
      agent.cause = call.cause === undefined ? undefined : clean(call.cause);
      agent.kind = call.kind;
      agent.outputTokens = call.outputTokens ?? 0;
      agent.cost = call.cost;
      if (state !== 'journal') {
        this.inputTokens += call.inputTokens ?? 0;
        this.outputTokens += call.outputTokens ?? 0;
        this.spent.push([at, call.outputTokens ?? 0]);
        if (this.spent.length > 2000) this.spent.splice(0, 1000);
      }
    }
    this.move(agent, state, at);
  }

  agentOf(call) {
    let agent = this.byNumber.get(call.number);
    if (!agent) {
      agent = { number: call.number, label: clean(call.label ?? ''), phase: call.phase === undefined ? undefined : clean(call.phase), state: undefined };
      this.byNumber.set(call.number, agent);
      // Numbers nearly always rise.
      if (this.agents.length === 0 || this.agents.at(-1).number < agent.number) this.agents.push(agent);
      else this.agents.splice(this.agents.findIndex(other => other.number > agent.number), 0, agent);
    }
    return agent;
  }

  move(agent, state, at) {
    const phase = agent.phase === undefined ? undefined : this.phaseOf(agent.phase);
    if (agent.state) {
      this.counts[agent.state]--;
      if (phase) phase[agent.state]--;
      if (agent.state === 'running') this.steps.push([at, -1]);
    }
    agent.state = state;
    this.counts[state]++;
    if (phase) phase[state]++;
    if (state === 'running') this.steps.push([at, 1]);
  }

  /** What was at work when a session ended came to nothing. */
  cutOff() {
    if (this.counts.running + this.counts.queued === 0) return;
    for (const agent of this.agents) {
      if (agent.state === 'running' || agent.state === 'queued') this.move(agent, 'cut', this.now);
    }
  }

  phaseOf(title) {
    title = clean(title ?? '');
    let phase = this.phases.get(title);
    if (!phase) this.phases.set(title, phase = { title, queued: 0, running: 0, answered: 0, journal: 0, failed: 0, stalled: 0, skipped: 0, cancelled: 0, cut: 0 });
    return phase;
  }

  line(at, level, text) {
    this.lines.push({ at, level: clean(level ?? 'log'), text: clean(text ?? '') });
    if (this.lines.length > KeptLines) this.lines.splice(0, KeptLines / 4);
  }

  /** Output tokens per minute: over the last minute at most, and of a run that is over as a whole. */
  rate() {
    if (this.isOver) return this.totals?.durationMs > 0 ? (this.totals.outputTokens * 60_000) / this.totals.durationMs : 0;
    const { now } = this;
    const from = Math.max(now - 60_000, this.sessionStart ?? 0);
    let sum = 0;
    for (let i = this.spent.length - 1; i >= 0 && this.spent[i][0] >= from; i--) sum += this.spent[i][1];
    return now - from < 1000 ? 0 : (sum * 60_000) / (now - from);
  }

  get isOver() {
    return this.head !== undefined && !['running', 'waiting', 'paused'].includes(this.head.state);
  }

  get end() {
    return this.isOver ? this.head.endedAt ?? this.agents.reduce((last, agent) => Math.max(last, agent.endedAt ?? 0), this.sessionStart ?? 0) : this.now;
  }

  /** The census and what it cost, from wherever it is newest. */
  sum() {
    const known = this.liveTotals && this.head?.here ? this.liveTotals : this.totals;
    return {
      inputTokens: Math.max(known?.inputTokens ?? 0, this.isOver ? 0 : this.inputTokens),
      outputTokens: Math.max(known?.outputTokens ?? 0, this.isOver ? 0 : this.outputTokens),
      cost: known?.cost,
      unpriced: known?.unpriced ?? 0,
      rehearsed: known?.rehearsed ?? false,
      durationMs: this.isOver || this.head?.state === 'paused' || this.head?.waitingFor === 'answer' ? this.totals?.durationMs : undefined,
    };
  }
}
