import { h, put } from './dom.js';
import { clock, count, span } from './format.js';

/** Agents at work over the run's time, under the width of the gate. */
export class Chart {
  constructor(model) {
    this.model = model;
    this.canvas = h('canvas', { role: 'img' });
    this.size = { width: 0, height: 0 };
    // To ask for sizes and colours while drawing would lay the page out each time.
    new ResizeObserver(() => {
      this.size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
      this.render();
    }).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { this.style = undefined; });
    this.words = h('span', { class: 'quiet' });
    this.width = h('span', { class: 'key width', hidden: true }, 'gate');
    this.begun = h('span');
    this.lasted = h('span');
    this.ended = h('span');
    this.allowed = h('span', { class: 'key allowed', hidden: true }, 'allowed by providers');
    this.element = h('section', { class: 'card chart', 'aria-label': 'Agents at work over time' },
      h('div', { class: 'card-head' }, h('h2', { class: 'sub' }, 'At work'), this.words,
        h('span', { class: 'keys' }, h('span', { class: 'key running' }, 'this run'), this.width, this.allowed)),
      this.canvas, h('div', { class: 'axis', 'aria-hidden': 'true' }, this.begun, this.lasted, this.ended));
  }

  render() {
    const { model, canvas } = this;
    const { width, height } = this.size;
    if (width === 0) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const from = model.sessionStart ?? model.now;
    const to = Math.max(from + 1000, model.end);
    const columns = this.columns(from, to, Math.max(1, Math.floor(width / 2)));
    const peak = Math.max(...columns);
    const gate = model.gateSamples.filter(sample => sample.at >= from);
    const last = gate.at(-1);
    const top = Math.max(1, peak, last?.width ?? 0) * 1.08;
    this.draw(canvas.getContext('2d'), ratio, width, height, columns, gate, from, to, top, peak);
    this.width.hidden = gate.length === 0;
    this.allowed.hidden = !gate.some(sample => sample.allowed !== undefined);
    const words = [model.isOver ? '' : `${count(model.counts.running)} now`, `${count(peak)} at most`, last ? `gate ${count(last.width)}` : '',
      !model.isOver && last?.allowed !== undefined ? `providers allow ${count(last.allowed)}` : ''].filter(part => part !== '').join(' · ');
    put(this.words, words);
    put(this.begun, clock(from));
    put(this.lasted, span(to - from));
    put(this.ended, model.isOver ? clock(to) : 'now');
    const told = `Agents at work: ${words}; ${count(model.counts.queued)} waiting.`;
    if (this.told !== told) canvas.setAttribute('aria-label', told);
    this.told = told;
  }

  /** The most agents at work in each column. */
  columns(from, to, number) {
    const columns = new Array(number).fill(0);
    let current = 0;
    let column = 0;
    const each = (to - from) / number;
    for (const [at, step] of this.model.steps) {
      if (at < from) {
        current = Math.max(0, current + step);
        continue;
      }
      const next = Math.min(number - 1, Math.max(0, Math.floor((at - from) / each)));
      for (; column < next; column++) columns[column + 1] = Math.max(columns[column + 1], current);
      current = Math.max(0, current + step);
      columns[column] = Math.max(columns[column], current);
    }
    for (; column < number - 1; column++) columns[column + 1] = Math.max(columns[column + 1], current);
    return columns;
  }

  draw(pen, ratio, width, height, columns, gate, from, to, top, peak) {
    this.style ??= readStyle(this.element);
    const { style } = this;
    const y = value => height - 1 - (value / top) * (height - 4);
    const x = at => ((at - from) / (to - from)) * width;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = style.soft;
    pen.strokeStyle = style.running;
    pen.lineWidth = 1.5;
    const step = width / columns.length;
    pen.beginPath();
    pen.moveTo(0, height);
    columns.forEach((value, index) => { pen.lineTo(index * step, y(value)); pen.lineTo((index + 1) * step, y(value)); });
    pen.lineTo(width, height);
    pen.fill();
    pen.beginPath();
    columns.forEach((value, index) => { pen.lineTo(index * step, y(value)); pen.lineTo((index + 1) * step, y(value)); });
    pen.stroke();
    this.line(pen, gate, sample => sample.width, x, y, to, style.muted, [4, 3]);
    this.line(pen, gate, sample => sample.allowed, x, y, to, style.stalled, []);
    if (peak === 0) return;
    pen.fillStyle = style.muted;
    pen.font = `11px ${style.font}`;
    pen.textBaseline = 'top';
    pen.fillText(count(peak), 12, y(peak) + 4);
  }

  line(pen, gate, value, x, y, end, colour, dash) {
    pen.strokeStyle = colour;
    pen.setLineDash(dash);
    pen.beginPath();
    let before;
    for (const sample of gate) {
      const now = value(sample);
      if (now === undefined) {
        before = undefined;
        continue;
      }
      if (before === undefined) pen.moveTo(x(sample.at), y(now));
      else pen.lineTo(x(sample.at), y(before));
      pen.lineTo(x(sample.at), y(now));
      before = now;
    }
    if (before !== undefined) pen.lineTo(x(end), y(before));
    pen.stroke();
    pen.setLineDash([]);
  }
}

function readStyle(element) {
  const style = getComputedStyle(element);
  const [soft, running, muted, stalled] = ['--running-soft', '--running', '--muted', '--stalled'].map(name => style.getPropertyValue(name));
  return { soft, running, muted, stalled, font: style.fontFamily };
}
