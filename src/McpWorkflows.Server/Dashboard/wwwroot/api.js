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

export async function open(path, options = {}) {
  const token = sessionStorage.getItem(Stored);
  const headers = { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...options.headers };
  const response = await fetch(path, { ...options, headers, credentials: 'omit', redirect: 'error' });
  if (response.ok) return response;
  if (response.status === 401) {
    // Another request may have been told a better one meanwhile.
    if (sessionStorage.getItem(Stored) === token) await askForToken(token !== null);
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

function askForToken(wasRefused) {
  asking ??= new Promise(resolve => {
    const problem = h('p', { class: 'problem', role: 'alert' }, wasRefused ? 'The server does not accept this token.' : '');
    const input = h('input', { type: 'password', id: 'token', autocomplete: 'off', required: true, 'aria-describedby': 'token-help' });
    const dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'token-title' });
    const form = h('form', { onsubmit: event => {
      event.preventDefault();
      const token = input.value.trim();
      // No other letters can be sent, nor can they be in a token.
      if (!/^[\x21-\x7e]+$/.test(token)) {
        fill(problem, 'A token has no spaces and none but plain letters, digits and signs.');
        return;
      }
      sessionStorage.setItem(Stored, token);
      asking = undefined;
      dialog.remove();
      resolve();
    } }, h('h2', { id: 'token-title' }, 'Access token'),
    h('label', { for: 'token' }, 'The token that this server was started with'), input,
    h('p', { class: 'help', id: 'token-help' }, 'It stands in the file of --token-file, or in MCPWORKFLOWS_HTTP_TOKEN. This tab keeps it until it is closed.'), problem,
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Open')));
    fill(dialog, form);
    // There is nothing to be seen without it.
    dialog.addEventListener('cancel', event => event.preventDefault());
    dialog.addEventListener('close', () => dialog.showModal());
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}
