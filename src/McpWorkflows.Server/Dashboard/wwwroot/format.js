const counts = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = number => counts.format(number);
export const short = number => (number < 10000 ? counts.format(Math.round(number)) : compact.format(number));

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
  return ms === undefined ? '' : new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

export function day(ms) {
  if (ms === undefined) return '';
  const date = new Date(ms);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString([], { month: 'short', day: 'numeric' })}, ${time}`;
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
