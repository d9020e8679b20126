import { h, fill } from './dom.js';

const Stored = 'mcp-workflows-token';
let session;

// A token comes once in the address, and does not stay there.
const given = /[#&]token=([^&]+)/.exec(location.hash);
if (given) {
  sessionStorage.setItem(Stored, decodeURIComponent(given[1]));
  history.replaceState(null, '', '#/');
}

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

function headers(more) {
  const token = sessionStorage.getItem(Stored);
  return { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...more };
}

export async function open(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers(options.headers), credentials: 'omit', redirect: 'error' });
  if (response.ok) return response;
  if (response.status === 401) {
    await askForToken();
    return open(path, options);
  }
  const body = await response.json().catch(() => ({}));
  throw new Refused(typeof body.error === 'string' ? body.error : body.error?.message ?? `The server said ${response.status}.`, response.status);
}

export async function get(path, signal) {
  return (await open(path, { signal })).json();
}

/** An action; asks for the key once, and again when the server has been started anew. */
export async function post(path, body = {}) {
  for (let attempt = 0; ; attempt++) {
    session ??= get('/api/session');
    const { key } = await session;
    try {
      const response = await open(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Dashboard-Key': key },
        body: JSON.stringify(body),
      });
      return await response.json();
    } catch (refusal) {
      session = undefined;
      if (attempt > 0 || refusal.status !== 403) throw refusal;
    }
  }
}

export async function info() {
  session ??= get('/api/session');
  return session;
}

let asking;

function askForToken() {
  asking ??= new Promise(resolve => {
    const input = h('input', { type: 'password', id: 'token', autocomplete: 'off', required: true });
    const dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'token-title' });
    const form = h('form', { method: 'dialog', onsubmit: () => {
      sessionStorage.setItem(Stored, input.value.trim());
      asking = undefined;
      dialog.remove();
      resolve();
    } }, h('h2', { id: 'token-title' }, 'Access token'),
    h('label', { for: 'token' }, 'The token that this server was started with'), input,
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Open')));
    fill(dialog, form);
    dialog.addEventListener('cancel', event => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}
