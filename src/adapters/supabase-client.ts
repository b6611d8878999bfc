import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { ASK_THE_DOCTOR, adviceOn, OTHER_VERSION } from '../core/database-advice.ts';

/** Longer than any of our functions, shorter than a lease: a hung connection costs one call. */
export const CALL_TIMEOUT_MS = 10_000;

export interface DatabaseSettings {
  /** Project URL, without `/rest/v1`. */
  url: string;
  /** Secret key, or a token of the role `lead_bot`. */
  key: string;
  /** Hosted Supabase accepts a role's token only together with a project key. */
  publishableKey?: string | undefined;
  /** How this process names itself to the database. By default it has no name. */
  bot?: string | undefined;
}

/**
 * A failed call. `code` is the SQLSTATE or PostgREST's own (`PGRST…`); null when nothing answered, and then the call
 * may or may not have been executed.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: string | null;
  readonly status: number;
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    code: string | null,
    status: number,
    retryAfterMs: number | null = null,
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The answer doesn't parse. The cause names the fields. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';

  constructor(functionName: string, cause: z.ZodError) {
    super(`${functionName}: ${OTHER_VERSION}`, { cause });
  }
}

export interface Database {
  /**
   * Calls one function, in one transaction. Retried only when Postgres rolled it back because of a conflict with
   * another transaction.
   * @throws DatabaseError
   * @throws UnexpectedAnswer
   */
  call<T>(name: string, args: Record<string, unknown>, answer: z.ZodType<T>): Promise<T>;
}

/** Serialization failure and deadlock: fully rolled back, and likely to succeed on retry. */
const ROLLED_BACK = new Set(['40001', '40P01']);
const MAX_TRIES = 3;

/** Hosted Supabase accepts project keys (`sb_secret_…`) only alone. */
const isProjectKey = (key: string): boolean => key.startsWith('sb_');

export function connectDatabase({ url, key, publishableKey, bot }: DatabaseSettings): Database {
  const projectKey = isProjectKey(key) ? undefined : publishableKey;
  // The SDK doesn't expose response headers, but passes our signal through to fetch.
  const retryAfter = new WeakMap<AbortSignal, number>();
  const notTheApi = new WeakSet<AbortSignal>();
  const client = createClient(url, projectKey ?? key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      headers: {
        ...(projectKey === undefined ? {} : { Authorization: `Bearer ${key}` }),
        // lead_bot.calling_bot reads it.
        ...(bot === undefined ? {} : { 'x-lead-alerts-bot': bot }),
      },
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
        if (init?.signal && seconds > 0) retryAfter.set(init.signal, seconds * 1000);
        if (init?.signal && isNotTheApi(response)) notTheApi.add(init.signal);
        return response.ok ? response : wrapFailure(response);
      },
    },
  });

  return {
    async call(name, args, answer) {
      for (let tries = 1; ; tries++) {
        const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
        const startedAt = performance.now();
        const { data, error, status } = await client.rpc(name, args).abortSignal(signal);
        if (error === null && !notTheApi.has(signal)) {
          const parsed = answer.safeParse(data);
          if (parsed.success) return parsed.data;
          throw new UnexpectedAnswer(name, parsed.error);
        }
        const { code, message } = codeAndMessage(error);
        if (code !== null && ROLLED_BACK.has(code) && tries < MAX_TRIES) continue;
        const http = code === null && status > 0 ? `HTTP ${status} ` : '';
        const after = `${http}after ${Math.round(performance.now() - startedAt)} ms`;
        const advice = adviceOn(code, message);
        const details = [
          advice === null ? after : `${after}: ${advice}`,
          ...(code === null ? [] : [ASK_THE_DOCTOR]),
        ];
        throw new DatabaseError(
          `${name}: ${message} (${details.join('; ')})`,
          code,
          status,
          retryAfter.get(signal) ?? null,
        );
      }
    },
  };
}

const errorBody = z.object({
  code: z
    .string()
    .regex(/^\w{1,60}$/)
    .nullish()
    .catch(null),
  message: z.string().catch(''),
});

/** The SDK's error is PostgREST's object or whatever a gateway returned. */
function codeAndMessage(error: unknown): { code: string | null; message: string } {
  const { data } = errorBody.safeParse(error);
  return { code: data?.code ?? null, message: data?.message ?? 'no answer from the API' };
}

/** A success that isn't JSON comes from something in between, such as a sign-in page. */
function isNotTheApi({ ok, status, headers }: Response): boolean {
  return ok && status !== 204 && !(headers.get('content-type') ?? '').includes('json');
}

/** Wraps a failure in an object: the SDK takes an empty 404, a list or `null` for a valid answer. */
async function wrapFailure(response: Response): Promise<Response> {
  const { status, headers } = response;
  const text = await response.text();
  const body = errorBody.safeParse(parsed(text));
  // Some statuses allow no body.
  if (status < 400 || body.success)
    return new Response(status === 304 ? null : text, { status, headers });
  return Response.json({ message: text.slice(0, 1_000) }, { status });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
