import { open, Refused } from './api.js';

const Longest = 10_000;
const Silent = 40_000;
const Slice = 8;

/**
 * Server-sent events over fetch, which unlike EventSource can show a token. After a break it goes on from the last id, so
 * that nothing is missed and nothing comes twice.
 */
export class Stream {
  constructor(path, { onmessage, onlink, ongone }) {
    this.path = path;
    this.onmessage = onmessage;
    this.onlink = onlink;
    this.ongone = ongone;
    this.lastId = '0';
    this.abort = new AbortController();
    this.run();
  }

  close() {
    this.closed = true;
    this.abort.abort();
  }

  async run() {
    for (let wait = 250; !this.closed; wait = Math.min(Longest, wait * 2)) {
      try {
        const response = await open(this.path, { headers: { Accept: 'text/event-stream', 'Last-Event-ID': this.lastId }, signal: this.abort.signal });
        this.onlink?.(true);
        wait = 250;
        await this.read(response.body.getReader());
      } catch (failure) {
        if (this.closed) return;
        if (failure instanceof Refused && failure.status === 404) {
          this.ongone?.(failure);
          return;
        }
      }
      this.onlink?.(false);
      await new Promise(resolve => { setTimeout(resolve, wait); });
    }
  }

  async read(reader) {
    const decoder = new TextDecoder();
    let rest = '';
    let begun = performance.now();
    while (!this.closed) {
      const { value, done } = await within(reader, Silent);
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const frames = rest.split('\n\n');
      rest = frames.pop();
      for (const frame of frames) {
        await this.take(frame);
        if (this.closed) return;
        // What has arrived already comes without a pause of its own, however much it is.
        if (performance.now() - begun > Slice) {
          await new Promise(resolve => { setTimeout(resolve, 0); });
          begun = performance.now();
        }
      }
    }
  }

  async take(frame) {
    let name = 'message';
    let id;
    let data = '';
    for (const line of frame.split('\n')) {
      if (line.startsWith('id: ')) id = line.slice(4);
      else if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (data === '') return;
    await this.onmessage(name, JSON.parse(data));
    // Only what has been taken in counts as heard.
    if (id !== undefined) this.lastId = id;
  }
}

/** A connection that says nothing for so long is dead: the server says something every fifteen seconds. */
function within(reader, ms) {
  let timer;
  return Promise.race([
    reader.read(),
    new Promise((_, reject) => { timer = setTimeout(() => { reader.cancel(); reject(new Error('silence')); }, ms); }),
  ]).finally(() => clearTimeout(timer));
}
