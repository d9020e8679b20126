import { h, fill, clean } from './dom.js';

const Deepest = 3;
let lastId = 0;

/** A form for an answer that matches a JSON Schema; what no field can hold is written as JSON. */
export function answerForm(question, onanswer) {
  const field = question.schema === undefined ? anyText(question.default) : fieldOf(question.schema, question.default, { label: 'Answer', required: true, depth: 0, root: true });
  const problem = h('p', { class: 'problem', role: 'alert' });
  const button = h('button', { class: 'button primary' }, 'Answer');
  return h('form', {
    class: 'answer',
    novalidate: true,
    onsubmit: async event => {
      event.preventDefault();
      fill(problem);
      button.disabled = true;
      try {
        await onanswer(field.read());
      } catch (failure) {
        fill(problem, failure.message);
      } finally {
        button.disabled = false;
      }
    },
  }, field.element, problem, h('div', { class: 'actions' }, button));
}

function anyText(preset) {
  const { element, input } = labelled('Answer', {}, id => h('textarea', { id, rows: '2' }));
  if (preset !== undefined) input.value = typeof preset === 'string' ? preset : JSON.stringify(preset);
  return { element, read: () => input.value };
}

function fieldOf(schema, preset, at) {
  const plain = typeof schema === 'object' && schema !== null ? schema : {};
  const types = [plain.type].flat().filter(type => type !== 'null');
  preset ??= plain.default;
  if (Array.isArray(plain.enum)) return choice(plain, plain.enum, preset, at);
  if (types.length === 1) {
    switch (types[0]) {
      case 'boolean': return choice(plain, [true, false], preset, at);
      case 'string': return text(plain, preset, at);
      case 'integer':
      case 'number': return number(plain, types[0], preset, at);
      case 'object': if (plain.properties && at.depth < Deepest) return object(plain, preset, at); break;
      case 'array': if (plain.items?.type === 'string' && !plain.items.enum) return list(plain, preset, at); break;
    }
  }
  return json(plain, preset, at);
}

function labelled(label, schema, make, required) {
  const id = `field-${++lastId}`;
  const input = make(id);
  const help = typeof schema.description === 'string' ? h('span', { class: 'help', id: `${id}-help` }, clean(schema.description)) : null;
  if (help) input.setAttribute('aria-describedby', help.id);
  if (required) input.setAttribute('aria-required', 'true');
  return { input, element: h('div', { class: 'field' }, h('label', { for: id }, clean(schema.title ?? label), required ? '' : h('span', { class: 'quiet' }, ' (optional)')), help, input) };
}

function text(schema, preset, at) {
  const isLong = (schema.maxLength ?? 0) > 120 || (schema.maxLength === undefined && at.root);
  const { element, input } = labelled(at.label, schema, id => h(isLong ? 'textarea' : 'input', { id, ...(isLong ? { rows: '2' } : { type: 'text' }) }), at.required);
  if (preset !== undefined) input.value = String(preset);
  return { element, read: () => (input.value === '' && !at.required ? undefined : input.value) };
}

function number(schema, type, preset, at) {
  const bounds = range(schema.minimum, schema.maximum);
  const description = [schema.description, bounds].filter(Boolean).join(' · ');
  const { element, input } = labelled(at.label, { ...schema, description: description === '' ? undefined : description }, id => h('input', { id, type: 'number', class: 'short', min: schema.minimum, max: schema.maximum, step: type === 'integer' ? '1' : 'any' }), at.required);
  if (preset !== undefined) input.value = String(preset);
  return {
    element,
    read: () => {
      if (input.value === '' && !at.required) return undefined;
      if (input.value === '' || Number.isNaN(input.valueAsNumber)) throw new Error(`${at.label}: write a number.`);
      return input.valueAsNumber;
    },
  };
}

function range(least, most) {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  return least !== undefined ? `${least} or more` : most !== undefined ? `${most} or less` : '';
}

function choice(schema, values, preset, at) {
  const name = `field-${++lastId}`;
  const words = value => (value === true ? 'Yes' : value === false ? 'No' : typeof value === 'string' ? value : JSON.stringify(value));
  const inputs = values.map((value, index) => h('input', { type: 'radio', name, id: `${name}-${index}`, value: String(index), checked: JSON.stringify(value) === JSON.stringify(preset) }));
  const element = h('fieldset', { class: 'field choice' }, h('legend', {}, clean(schema.title ?? at.label)),
    typeof schema.description === 'string' ? h('span', { class: 'help' }, clean(schema.description)) : null,
    h('div', { class: 'options' }, values.map((value, index) => h('label', { class: 'option', for: `${name}-${index}` }, inputs[index], clean(words(value))))));
  return {
    element,
    read: () => {
      const chosen = inputs.findIndex(input => input.checked);
      if (chosen < 0 && at.required) throw new Error(`${at.label}: choose one.`);
      return chosen < 0 ? undefined : values[chosen];
    },
  };
}

function list(schema, preset, at) {
  const { element, input } = labelled(at.label, { ...schema, description: [schema.description, 'One on each line.'].filter(Boolean).join(' ') }, id => h('textarea', { id, rows: '3' }), at.required);
  if (Array.isArray(preset)) input.value = preset.join('\n');
  return { element, read: () => (input.value.trim() === '' && !at.required ? undefined : input.value.split('\n').map(line => line.trim()).filter(line => line !== '')) };
}

function object(schema, preset, at) {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const fields = Object.entries(schema.properties).map(([name, part]) =>
    [name, fieldOf(part, preset?.[name], { label: name, required: required.has(name), depth: at.depth + 1 })]);
  const parts = fields.map(([, field]) => field.element);
  const element = at.root ? h('div', { class: 'fields' }, parts) : h('fieldset', { class: 'field' }, h('legend', {}, clean(schema.title ?? at.label)), parts);
  return {
    element,
    read: () => {
      const value = Object.fromEntries(fields.map(([name, field]) => [name, field.read()]).filter(([, part]) => part !== undefined));
      return !at.required && Object.keys(value).length === 0 ? undefined : value;
    },
  };
}

function json(schema, preset, at) {
  const { element, input } = labelled(`${at.label} (JSON)`, schema, id => h('textarea', { id, rows: '4', class: 'code', spellcheck: 'false' }), at.required);
  if (preset !== undefined) input.value = JSON.stringify(preset, null, 2);
  return {
    element,
    read: () => {
      if (input.value.trim() === '' && !at.required) return undefined;
      try {
        return JSON.parse(input.value);
      } catch {
        throw new Error(`${at.label}: this is no JSON.`);
      }
    },
  };
}
