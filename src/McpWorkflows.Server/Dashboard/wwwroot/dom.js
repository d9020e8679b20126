// Everything shown was written by agents and scripts: it becomes text, never markup.

/** An element: attributes and listeners (onclick…) by name; children are elements, texts or nothing. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
}

/** Sets a text only where it changes: a text set anew is laid out anew. */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Control characters and those that turn the direction of writing would let a label lie about what it says. */
export function clean(text) {
  return String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

let toastTimer;

/** A passing word to whoever looks or listens. */
export function say(text, isError = false) {
  const toast = document.getElementById('toast');
  toast.textContent = text;
  toast.className = `toast shown${isError ? ' bad' : ''}`;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.className = 'toast'; }, isError ? 9000 : 4000);
}

/** Asks before something that cannot be taken back. */
export function ask(question, yes) {
  return new Promise(resolve => {
    const dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'ask-text', onclose: () => { dialog.remove(); resolve(dialog.returnValue === 'yes'); } },
      h('p', { id: 'ask-text' }, question),
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close('no') }, 'No'),
        h('button', { type: 'button', class: 'button danger', onclick: () => dialog.close('yes') }, yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
