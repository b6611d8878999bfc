import { setTimeout as wait } from 'node:timers/promises';
import type { Delivered, Delivery } from './delivery.ts';
import type { JsonObject } from './json.ts';
import { eventPayload } from './payloads.ts';
import { notifyWatchers, type Workspace } from './workspace.ts';

/** When Slack repeats an event that wasn't acknowledged, each time counted from the failure before. */
export const RETRY_AFTER_MS: readonly number[] = [0, 60_000, 300_000];

export interface Events {
  /** Resolves with the outcome of the first attempt. Retries follow on their own. */
  send(event: JsonObject): Promise<Delivered>;
  /** The next `times` acknowledgements get lost: the app has the event, and gets it again. */
  loseAcks(times: number): void;
  /** Gives up on retries. */
  close(): void;
}

export function newEvents(
  workspace: Workspace,
  deliver: (delivery: Delivery) => Promise<Delivered>,
  retryAfterMs: readonly number[],
): Events {
  const closing = new AbortController();
  let acksToLose = 0;

  async function attempt(payload: JsonObject, retry: Delivery['retry']): Promise<Delivered> {
    const delivered = await deliver({ kind: 'events_api', payload, ...(retry && { retry }) });
    notifyWatchers(workspace);
    if (!delivered.ok || acksToLose === 0) return delivered;
    acksToLose -= 1;
    return { ok: false, error: 'operation_timeout' };
  }

  async function repeat(payload: JsonObject, first: Delivered): Promise<void> {
    let last = first;
    for (const [index, afterMs] of retryAfterMs.entries()) {
      if (last.ok || last.noRetry) return;
      await wait(afterMs, undefined, { signal: closing.signal, ref: false });
      last = await attempt(payload, { num: index + 1, reason: last.error });
    }
  }

  return {
    async send(event) {
      const payload = eventPayload(workspace, event);
      const first = await attempt(payload, undefined);
      // Rejects when this Slack is closed.
      repeat(payload, first).catch(() => {});
      return first;
    },
    loseAcks(times) {
      acksToLose = times;
    },
    close: () => closing.abort(),
  };
}
