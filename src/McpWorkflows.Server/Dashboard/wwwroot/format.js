/** With commas between thousands. Written out, since the browser's own formats take a page's first 30 ms. */
export const count = number => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');

/** In full up to 10,000, then in thousands and so on with one decimal: 1.4M. */
export function short(number) {
  let [value, unit] = [number, ''];
  for (const next of ['K', 'M', 'B']) {
    // What would be rounded to 1,000 belongs to the next unit.
    if (Math.round(value) < (unit === '' ? 10_000 : 1000)) break;
    [value, unit] = [value / 1000, next];
  }
  return unit === '' ? count(value) : `${value < 100 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0)}${unit}`;
}

const formats = new Map();

/** Formats are made once, and not before they are needed. */
function formatted(ms, options) {
  const key = Object.keys(options).join();
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat([], options));
  return formats.get(key).format(ms);
}

export function dollars(amount) {
  if (amount === undefined || amount === null) return '–';
  return `$${amount >= 100 ? amount.toFixed(0) : amount >= 0.1 || amount === 0 ? amount.toFixed(2) : amount.toFixed(4)}`;
}

/** Milliseconds as a person would say them. */
export function span(ms) {
  if (ms === undefined || ms === null || Number.isNaN(ms)) return '–';
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** Two dollars amounts or counts as one range, said once where they are the same. */
export function range(low, high, words) {
  if (low === undefined || low === null) return '';
  return words(low) === words(high) ? words(low) : `${words(low)} to ${words(high)}`;
}

export function clock(ms) {
  return ms === undefined ? '' : formatted(ms, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

export function day(ms) {
  if (ms === undefined) return '';
  const time = formatted(ms, { hour: '2-digit', minute: '2-digit' });
  return new Date(ms).toDateString() === new Date().toDateString() ? time : `${formatted(ms, { month: 'short', day: 'numeric' })}, ${time}`;
}

export const runStates = {
  planned: 'Planned', running: 'Running', waiting: 'Waiting', paused: 'Paused', interrupted: 'Interrupted',
  completed: 'Completed', completed_with_failures: 'Completed with failures', failed: 'Failed', cancelled: 'Cancelled',
};

/** What a badge says of a run: a run that waits says for whom. In a list there is less room. */
export function stateOf(run, inList = false) {
  if (inList && run.state === 'completed_with_failures') return 'With failures';
  if (run.state === 'waiting' && run.waitingFor === 'answer') return 'Waits for you';
  if (run.state === 'waiting' && run.waitingFor === 'quota') return 'Waits for quota';
  return runStates[run.state] ?? run.state;
}

export const agentStates = {
  queued: 'Queued', running: 'Running', answered: 'Answered', journal: 'From journal', failed: 'Failed', stalled: 'Stalled',
  skipped: 'Skipped', cancelled: 'Cancelled', cut: 'Cut off',
};
