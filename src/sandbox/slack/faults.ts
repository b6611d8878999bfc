import type { ServerResponse } from 'node:http';
import { type ApiResponse, refuse, refuseWithReasons } from './api-response.ts';
import { containsType } from './block-kit.ts';
import { sendJson, sendText } from './http.ts';
import type { JsonObject } from './json.ts';

export type Misbehavior =
  /** HTTP 429; without `retryAfterSeconds` the header is missing, as some proxies have it. */
  | { kind: 'rate-limit'; retryAfterSeconds?: number }
  | { kind: 'status'; status: number; body?: string }
  /** HTTP 200 with `ok: false`. */
  | { kind: 'error'; error: string }
  /** Takes effect and answers only when the promise resolves. */
  | { kind: 'late'; until: Promise<unknown> }
  /** Never answers; with `accept` the call takes effect first. */
  | { kind: 'hang'; accept: boolean }
  /** Cuts the connection; with `accept` the call takes effect first. */
  | { kind: 'reset'; accept: boolean }
  /** A workspace that doesn't know this block type yet: `invalid_blocks` wherever it occurs. */
  | { kind: 'refuse-block'; type: string };

export interface Rule {
  /** A Web API method, or `response_url`; without it every Web API method. */
  method?: string;
  /** How often it strikes; without it until undone. */
  times?: number;
  when?: (args: JsonObject) => boolean;
  how: Misbehavior;
}

export type Faults = Set<Rule & { left: number }>;

/** The newest rule wins. The returned function ends it. */
export function misbehave(faults: Faults, rule: Rule): () => void {
  const live = { ...rule, left: rule.times ?? Number.POSITIVE_INFINITY };
  faults.add(live);
  return () => {
    faults.delete(live);
  };
}

/** The rule that strikes this call, counted as used. */
export function strike(faults: Faults, method: string, args: JsonObject): Misbehavior | null {
  const rule = [...faults].reverse().find((one) => {
    if (one.left <= 0) return false;
    const { how } = one;
    // A block that Slack doesn't know is refused wherever it is sent.
    const byDefault = how.kind === 'refuse-block' || method !== 'response_url';
    if (one.method === undefined ? !byDefault : one.method !== method) return false;
    if (one.when && !one.when(args)) return false;
    return how.kind !== 'refuse-block' || containsType(args['blocks'], how.type);
  });
  if (!rule) return null;
  rule.left -= 1;
  return rule.how;
}

/** Carries the misbehaviour out; `accept` runs the call for real. The answer is what was sent, if any. */
export async function carryOut(
  how: Misbehavior,
  response: ServerResponse,
  accept: () => ApiResponse,
): Promise<ApiResponse | null> {
  switch (how.kind) {
    case 'rate-limit': {
      const after = how.retryAfterSeconds;
      if (after !== undefined) response.setHeader('retry-after', String(after));
      return sendJson(response, refuse('ratelimited'), 429);
    }
    case 'status':
      sendText(response, how.status, how.body ?? '');
      return null;
    case 'error':
      return sendJson(response, refuse(how.error));
    case 'refuse-block':
      return sendJson(
        response,
        refuseWithReasons('invalid_blocks', [
          `unsupported type: ${how.type} [json-pointer:/blocks]`,
        ]),
      );
    case 'late':
      await how.until;
      return sendJson(response, accept());
    case 'hang':
      if (how.accept) accept();
      return null;
    case 'reset':
      if (how.accept) accept();
      response.socket?.destroy();
      return null;
  }
}
