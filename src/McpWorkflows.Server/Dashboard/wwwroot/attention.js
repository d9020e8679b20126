import { post } from './api.js';
import { clean, fill, h, say } from './dom.js';
import { answerForm } from './form.js';
import { day, dollars, range, short } from './format.js';

/** What a person has to do or know before the run goes on: questions, a plan, an error, a wait. */
export class Attention {
  constructor(view) {
    this.view = view;
    this.element = h('div', { class: 'attention' });
    this.questions = new Map();
    this.notice = h('div', {});
    this.element.append(this.notice);
  }

  show(head) {
    this.showQuestions(head.questions);
    const notice = this.noticeOf(head);
    const key = JSON.stringify([head.state, head.error, head.waitingUntil, head.plan]);
    if (key === this.key) return;
    this.key = key;
    fill(this.notice, notice);
  }

  /** A form that somebody fills in stays as it is while the run goes on around it. */
  showQuestions(questions) {
    const open = new Set(questions.map(question => question.number));
    for (const [number, card] of this.questions) {
      if (open.has(number)) continue;
      card.remove();
      this.questions.delete(number);
    }
    for (const question of questions) {
      if (this.questions.has(question.number)) continue;
      const title = `question-${question.number}`;
      const card = h('section', { class: 'card ask-card', 'aria-labelledby': title },
        h('h2', { id: title }, 'A question for you'),
        h('p', { class: 'question' }, clean(question.text)),
        question.deadline ? h('p', { class: 'quiet' }, `Without an answer until ${day(question.deadline)} ${question.default === undefined ? 'the script goes on without one' : 'the default counts'}.`) : null,
        this.view.session.readOnly ? null : answerForm(question, async answer => {
          await post(`${this.view.path}/answer`, { number: question.number, answer });
          say('Your answer is with the run.');
        }));
      this.questions.set(question.number, card);
      this.element.append(card);
    }
  }

  noticeOf(head) {
    if (head.state === 'planned') return this.planOf(head);
    if (head.error) return card('bad', head.state === 'interrupted' ? 'The run was interrupted' : 'The run failed', h('pre', { class: 'wrap', tabindex: '0' }, clean(head.error)));
    if (head.state === 'interrupted') return card('warn', 'The run was interrupted', h('p', {}, 'Its process ended. Resume goes on; what has been answered costs nothing again.'));
    if (head.state === 'paused') return card('warn', 'Paused', h('p', {}, 'Agents that were at work finish, and none starts until you resume.'));
    if (head.waitingFor === 'quota') return card('warn', 'A quota is spent', h('p', {}, head.waitingUntil ? `The run goes on by itself at ${day(head.waitingUntil)}.` : 'The run goes on by itself once the provider takes requests again.'));
    return null;
  }

  planOf(head) {
    const plan = head.plan ?? {};
    const of = (figure, words = short) => range(figure?.low, figure?.high, words);
    const facts = [
      ['Agents', of(plan.agents)],
      ['Tokens', plan.inputTokens && plan.outputTokens ? `${of(plan.inputTokens)} in, ${of(plan.outputTokens)} out` : ''],
      ['Cost', plan.cost ? of(plan.cost, dollars) : plan.agents?.high > 0 ? 'not known: the settings name no price' : ''],
      ['Phases', (plan.phases ?? []).map(phase => `${clean(phase.title)} (${of(phase.agents)})`).join(', ')],
      ['Models', (plan.models ?? []).map(clean).join(', ')],
      ['May', (plan.wants ?? []).map(clean).join(' ')],
      ['Doubts', (plan.warnings ?? []).map(clean).join(' ')],
      ['Figures', (plan.basis ?? []).map(clean).join(' ')],
    ].filter(([, value]) => value !== '');
    return card('ask-card', 'A plan waits for your approval',
      plan.description ? h('p', {}, clean(plan.description)) : null,
      facts.length > 0 ? h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))) : h('p', {}, 'Read its script before you let it begin.'),
      h('div', { class: 'actions' },
        this.view.session.readOnly ? null : h('button', { type: 'button', class: 'button primary', 'data-action': 'approve', onclick: () => this.view.act('approve', 'The run begins.') }, 'Approve'),
        h('button', { type: 'button', class: 'button', onclick: () => this.view.choose('Script') }, 'Read the script')));
  }
}

function card(kind, title, ...children) {
  return h('section', { class: `card notice ${kind}`, 'aria-label': title }, h('h2', {}, title), ...children);
}
