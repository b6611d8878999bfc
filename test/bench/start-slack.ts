import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadFigures, LoadOptions } from './gesture-load.ts';
import { type Answer, answer, type Order } from './slack-orders.ts';

/** A local Slack in another process, with users who make gestures. */
export interface SlackProcess {
  readonly pid: number;
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  untilCards(count: number): Promise<void>;
  untilConnections(count: number): Promise<void>;
  deliverTo(url: string | null): Promise<void>;
  limit(on: boolean): Promise<void>;
  /** By method, since the start. Those that its limits refused are `<method> refused`. */
  calls(): Promise<Readonly<Record<string, number>>>;
  load(options: LoadOptions): Promise<LoadFigures>;
  stop(): Promise<void>;
}

export async function startSlackProcess(say: (line: string) => void): Promise<SlackProcess> {
  const child = fork(fileURLToPath(new URL('./slack-process.ts', import.meta.url)));
  const ended = new AbortController();
  child.once('exit', () => ended.abort(new Error('the process of the local Slack has ended')));
  const messages = on(child, 'message', { signal: ended.signal });
  const next = async (): Promise<Answer> => {
    for (;;) {
      const { value = [] } = await messages.next();
      const given = answer.parse(value[0]);
      if (given.kind === 'failed') throw new Error(given.why);
      if (given.kind !== 'progress') return given;
      say(given.line);
    }
  };
  const ask = (order: Order): Promise<Answer> => {
    child.send(order);
    return next();
  };
  const unexpected = ({ kind }: Answer): Error => new Error(`the local Slack answered ${kind}`);
  const started = await next();
  if (started.kind !== 'started' || child.pid === undefined) throw unexpected(started);

  const done = async (order: Order): Promise<void> => {
    const given = await ask(order);
    if (given.kind !== 'done') throw unexpected(given);
  };
  return {
    pid: child.pid,
    ...started.slack,
    untilCards: (count) => done({ kind: 'cards', count }),
    untilConnections: (count) => done({ kind: 'connections', count }),
    deliverTo: (url) => done({ kind: 'deliver to', url }),
    limit: (on) => done({ kind: 'limit', on }),
    async calls() {
      const given = await ask({ kind: 'calls' });
      if (given.kind !== 'calls') throw unexpected(given);
      return given.calls;
    },
    async load(options) {
      const given = await ask({ kind: 'load', options });
      if (given.kind !== 'load') throw unexpected(given);
      return given.figures;
    },
    async stop() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}
