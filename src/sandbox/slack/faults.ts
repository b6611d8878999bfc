import type { ServerResponse } from 'node:http';
import { type ApiResponse, refuse, refuseWithReasons } from './api-response.ts';
import { pointersTo } from './block-kit.ts';
import { sendJson, sendText } from './http.ts';
import type { JsonObject } from './json.ts';
import { invalid } from './web-api-blocks.ts';

export type Misbehavior =
  /** HTTP 429. Without `retryAfterSeconds` the header is missing, as with some proxies. */
  | { kind: 'rate-limit'; retryAfterSeconds?: number | (() => number) }
  | { kind: 'status'; status: number; body?: string }
  /** HTTP 200 with `ok: false`. */
  | { kind: 'error'; error: string }
  /** Takes effect and responds only when the promise resolves. */
  | { kind: 'late'; until: Promise<unknown> }
  /** Never responds. With `accept` the call takes effect first. */
  | { kind: 'hang'; accept: boolean }
  /** Cuts the connection. With `accept` the call takes effect first. */
  | { kind: 'reset'; accept: boolean }
  /**
   * A workspace without this block type yet, wherever it occurs. What a real response URL answers is not
   * documented: here HTTP 400, or with `urlStatus` 200, both with `{"ok":false,"error":"invalid_blocks"}`.
   */
  | { kind: 'refuse-block'; type: string; urlStatus?: 200 | 400 };

export interface Rule {
  /** A Web API method or `response_url`; default is every Web API method. */
  method?: string;
  /** Applies to this many calls; default is until undone. */
  times?: number;
  when?: (args: JsonObject) => boolean;
  how: Misbehavior;
}

export type Faults = Set<Rule & { left: number }>;

/** The newest rule wins. The returned function removes the rule. */
export function misbehave(faults: Faults, rule: Rule): () => void {
  const live = { ...rule, left: rule.times ?? Number.POSITIVE_INFINITY };
  faults.add(live);
  return () => {
    faults.delete(live);
  };
}

/** Finds the misbehavior for this call, and uses up one of its times. */
export function strike(faults: Faults, method: string, args: JsonObject): Misbehavior | null {
  const rule = [...faults].reverse().find((one) => {
    if (one.left <= 0) return false;
    const { how } = one;
    // An unknown block is refused by response URLs too.
    const byDefault = how.kind === 'refuse-block' || method !== 'response_url';
    if (one.method === undefined ? !byDefault : one.method !== method) return false;
    if (one.when && !one.when(args)) return false;
    return how.kind !== 'refuse-block' || pointersTo(args, how.type).length > 0;
  });
  if (!rule) return null;
  rule.left -= 1;
  return rule.how;
}

/** `accept` runs the call for real. Returns the response that was sent, if any. */
export async function carryOut(
  how: Misbehavior,
  response: ServerResponse,
  call: { method: string; args: JsonObject },
  accept: () => ApiResponse,
): Promise<ApiResponse | null> {
  switch (how.kind) {
    case 'rate-limit': {
      const { retryAfterSeconds } = how;
      const after =
        typeof retryAfterSeconds === 'function' ? retryAfterSeconds() : retryAfterSeconds;
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
        refuseBlock(how.type, call),
        call.method === 'response_url' ? (how.urlStatus ?? 400) : 200,
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

function refuseBlock(
  type: string,
  { method, args }: { method: string; args: JsonObject },
): ApiResponse {
  const problemsIn = (value: unknown): string[] =>
    pointersTo(value, type).map((at) => `unsupported type: ${type} [json-pointer:${at}/type]`);
  if (method !== 'blocks.validate')
    return refuseWithReasons(
      method.startsWith('views.') ? 'invalid_arguments' : 'invalid_blocks',
      problemsIn(args),
    );
  const what = (['blocks', 'view', 'message'] as const).find((key) => args[key] !== undefined);
  return invalid(what ?? 'blocks', problemsIn(args[what ?? 'blocks']));
}
