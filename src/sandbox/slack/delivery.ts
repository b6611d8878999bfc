import { createHmac } from 'node:crypto';
import type { JsonObject } from './json.ts';
import { parseJson } from './json.ts';

/** Slack's own limit for an acknowledgement. */
export const ACK_TIMEOUT_MS = 3_000;

export interface Delivery {
  kind: 'slash_commands' | 'interactive' | 'events_api';
  payload: JsonObject;
  /** Of a repeated event: how often it was repeated, and why. */
  retry?: { num: number; reason: Failure };
}

export type Failure = 'operation_timeout' | 'dispatch_failed';

export type Delivered =
  /** `body` came with the acknowledgement: an object, a string or `null`. */
  | { ok: true; body: unknown }
  /** `noRetry`: the app asked for no repetition of the event. */
  | { ok: false; error: Failure; noRetry?: true };

export function sign(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function formOf(delivery: Delivery): { type: string; body: string } {
  if (delivery.kind === 'events_api')
    return { type: 'application/json', body: JSON.stringify(delivery.payload) };
  const fields =
    delivery.kind === 'interactive'
      ? { payload: JSON.stringify(delivery.payload) }
      : Object.fromEntries(
          Object.entries(delivery.payload).map(([key, value]) => [key, String(value)]),
        );
  return {
    type: 'application/x-www-form-urlencoded',
    body: new URLSearchParams(fields).toString(),
  };
}

/** Posts to the request URL of an app without Socket Mode. `nowMs` dates the signature. */
export async function deliverByHttp(
  url: string,
  secret: string,
  delivery: Delivery,
  nowMs: number,
): Promise<Delivered> {
  const { type, body } = formOf(delivery);
  const timestamp = String(Math.floor(nowMs / 1000));
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(secret, timestamp, body),
        ...(delivery.retry && {
          'x-slack-retry-num': String(delivery.retry.num),
          'x-slack-retry-reason':
            delivery.retry.reason === 'operation_timeout' ? 'http_timeout' : 'http_error',
        }),
      },
      body,
      signal: AbortSignal.timeout(ACK_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) {
      const noRetry = response.headers.get('x-slack-no-retry') === '1';
      return { ok: false, error: 'dispatch_failed', ...(noRetry && { noRetry }) };
    }
    if (text === '') return { ok: true, body: null };
    const parsed = parseJson(text);
    return { ok: true, body: parsed.ok ? parsed.value : text };
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    return { ok: false, error: late ? 'operation_timeout' : 'dispatch_failed' };
  }
}
