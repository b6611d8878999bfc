import { createHash } from 'node:crypto';
import type { OutcomeEvent, SendResult } from '../core/outcome-event.ts';
import type { OutcomeReceiver } from '../core/ports.ts';

/** A receiver should store the event and answer at once. */
const ANSWERS_WITHIN_MS = 15_000;
/** Nothing in an answer is used; a short one is read so that the connection can be kept. */
const READ_AT_MOST_BYTES = 16_384;

export const fingerprintOf = (url: string): string =>
  createHash('sha256').update(url).digest('hex');

export interface WebhookSettings {
  url: string;
  /** `whsec_…` */
  secret: string;
  /** For tests. */
  answersWithinMs?: number;
}

/** Sends signed events: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function outcomeWebhook({
  url,
  secret,
  answersWithinMs = ANSWERS_WITHIN_MS,
}: WebhookSettings): OutcomeReceiver {
  return {
    async send({ id, body }: OutcomeEvent): Promise<SendResult> {
      const { Webhook } = await import('standardwebhooks');
      const at = new Date();
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'user-agent': 'lead-alerts',
            'webhook-id': id,
            'webhook-timestamp': `${Math.floor(at.getTime() / 1_000)}`,
            'webhook-signature': new Webhook(secret).sign(id, at, body),
          },
          body,
          // Where it leads to has not been checked, and would get the signature.
          redirect: 'manual',
          signal: AbortSignal.timeout(answersWithinMs),
        });
        await drop(response);
        if (response.ok) return { kind: 'delivered' };
        return {
          kind: response.status === 410 ? 'gone' : 'failed',
          reason: `HTTP ${response.status}`,
          retryAfterMs: retryAfterOf(response, at),
        };
      } catch (error) {
        return { kind: 'failed', reason: reasonOf(error), retryAfterMs: null };
      }
    },
  };
}

/** Reads a little of an answer. Its status has come, so nothing that happens here counts. */
async function drop({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (let bytes = 0; bytes <= READ_AT_MOST_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // Cut off, or still coming when time was up.
  }
}

/** Seconds or a date. The database bounds it. */
function retryAfterOf({ headers }: Response, at: Date): number | null {
  const text = headers.get('retry-after') ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - at.getTime();
  return ms > 0 ? ms : null;
}

/** The error's class or code, never its text: that has the URL. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'no answer in time';
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(cause.code)) {
      return cause.code;
    }
  }
  return error.name;
}
