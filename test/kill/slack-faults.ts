import { setTimeout as sleep } from 'node:timers/promises';
import type { Misbehavior, Rule } from '../../src/sandbox/slack/local-slack.ts';
import type { Arena } from './arena.ts';
import { copies } from './check.ts';
import type { Random } from './random.ts';

const WRITES = ['chat.postMessage', 'chat.update', 'chat.update', 'chat.postMessage'] as const;

const FAULTS: readonly Misbehavior[] = [
  { kind: 'reset', accept: true },
  { kind: 'reset', accept: true },
  { kind: 'reset', accept: false },
  { kind: 'hang', accept: true },
  { kind: 'status', status: 503 },
  { kind: 'rate-limit', retryAfterSeconds: 1 },
  { kind: 'error', error: 'internal_error' },
];

/**
 * A history that doesn't show new messages yet. It has caught up by the time a second copy is posted, a
 * minute later. Longer delays are a known limit; see docs/delivery.md.
 */
export const lateHistory = (arena: Arena): Rule => ({
  method: 'conversations.history',
  times: 2,
  when: () => [...copies(arena).values()].every((all) => all.length === 1),
  how: { kind: 'status', status: 200, body: '{"ok":true,"messages":[]}' },
});

export interface SlackFaults {
  /** Removes all unused faults, so the history catches up as it would after a minute. */
  clear(): void;
  /** Injects faults until the signal aborts, then removes them. */
  run(signal: AbortSignal): Promise<void>;
  faults(): number;
}

/** Has Slack randomly refuse calls, or accept them without a response. */
export function slackFaults(arena: Arena, random: Random): SlackFaults {
  const { slack } = arena;
  const undo = new Set<() => void>();
  const clear = (): void => {
    for (const one of undo) one();
    undo.clear();
  };
  return {
    clear,
    faults: () => slack.calls().filter(({ fault }) => fault !== null).length,
    async run(signal) {
      while (!signal.aborted) {
        const how = random.pick(FAULTS);
        const method = random.pick(WRITES);
        if (how === undefined || method === undefined) break;
        undo.add(slack.misbehave({ method, times: 1, how }));
        if (random.chance(0.15)) undo.add(slack.misbehave(lateHistory(arena)));
        await sleep(random.between(300, 1_500), undefined, { signal }).catch(() => {});
      }
      clear();
    },
  };
}
