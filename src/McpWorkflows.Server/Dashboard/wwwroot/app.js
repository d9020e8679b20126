import { get, info } from './api.js';
import { AgentPanel } from './agent.js';
import { put } from './dom.js';
import { Home } from './home.js';
import { RunList } from './runs.js';
import { RunView } from './run.js';

const main = document.getElementById('main');
const frame = document.getElementById('frame');
const panelElement = document.getElementById('panel');
const link = document.getElementById('link');

let view;
let home;
let panel;

function linked(isUp) {
  link.className = `link ${isUp ? 'up' : 'down'}`;
  put(link, isUp ? 'Live' : 'No connection');
}

const list = new RunList(document.getElementById('side'), isUp => { if (!view) linked(isUp); }, runs => home?.show(runs));
const session = await info().catch(() => ({ readOnly: true }));

function route() {
  const [, kind, id, part, number] = location.hash.split('/').map(decodeURIComponent);
  const runId = kind === 'run' ? id : undefined;
  frame.classList.toggle('on-run', runId !== undefined);
  list.select(runId);
  if (view?.id !== runId) {
    closePanel();
    view?.close();
    view = runId === undefined ? undefined : new RunView(main, runId, session, { onlink: linked, onagent: openAgent });
    if (view === undefined) welcome();
    else {
      home = undefined;
      main.focus({ preventScroll: true });
    }
    scrollTo(0, 0);
  }
  if (view && part === 'agent' && number) openPanel(Number(number));
  else closePanel();
}

function welcome() {
  document.title = 'McpWorkflows';
  home = new Home(main);
  home.show(list.runs);
}

let opener;

function openAgent(number, button) {
  opener = button;
  location.hash = `#/run/${encodeURIComponent(view.id)}/agent/${number}`;
}

function openPanel(number) {
  if (panel?.number === number) return;
  panel?.close();
  panelElement.hidden = false;
  frame.classList.add('with-panel');
  panel = new AgentPanel(panelElement, view, number, session, () => { location.hash = `#/run/${encodeURIComponent(view.id)}`; });
}

function closePanel() {
  if (!panel) return;
  panel.close();
  panel = undefined;
  panelElement.hidden = true;
  frame.classList.remove('with-panel');
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = undefined;
}

document.getElementById('skip').addEventListener('click', event => { event.preventDefault(); main.focus(); });
addEventListener('hashchange', route);
addEventListener('keydown', event => {
  if (event.key === 'Escape' && panel && !document.querySelector('dialog[open]')) location.hash = `#/run/${encodeURIComponent(view.id)}`;
});
welcome();
route();

// Nobody has chosen a run: the newest one that is at work is what people come for.
if (location.hash === '' || location.hash === '#') {
  const runs = await get('/api/runs').catch(() => []);
  const first = runs.find(run => ['running', 'waiting', 'planned'].includes(run.state));
  if (first && (location.hash === '' || location.hash === '#') && innerWidth > 719) location.replace(`#/run/${encodeURIComponent(first.id)}`);
}
