import { createClient } from '@supabase/supabase-js';
import type { z } from 'zod';

/** Longer than any of our functions takes, shorter than a lease: a hung connection costs one call. */
const CALL_TIMEOUT_MS = 10_000;

export interface DatabaseSettings {
  /** Project URL, without `/rest/v1`. */
  url: string;
  /** Secret key, or a token of the role `lead_bot`. */
  key: string;
  /** Hosted Supabase lets a token of a role through only beside a key of the project. */
  publishableKey?: string | undefined;
}

/**
 * A call that the database did not answer as expected. `code` is the SQLSTATE or PostgREST's own
 * code (`PGRST…`); null when nothing answered, and then the call may or may not have been carried out.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: string | null;
  readonly status: number;

  constructor(message: string, code: string | null, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface Database {
  /**
   * Calls one function: one request is one transaction. Never repeated by itself.
   * @throws DatabaseError
   */
  call<T>(name: string, args: Record<string, unknown>, answer: z.ZodType<T>): Promise<T>;
}

export function connectDatabase({ url, key, publishableKey }: DatabaseSettings): Database {
  const client = createClient(url, publishableKey ?? key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      headers: publishableKey === undefined ? {} : { Authorization: `Bearer ${key}` },
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          signal: AbortSignal.any([
            AbortSignal.timeout(CALL_TIMEOUT_MS),
            ...(init?.signal ? [init.signal] : []),
          ]),
        }),
    },
  });

  return {
    async call(name, args, answer) {
      const { data, error, status } = await client.rpc(name, args);
      if (error !== null) {
        const code = error.code === '' ? null : (error.code ?? null);
        throw new DatabaseError(`${name}: ${error.message}${advice(code)}`, code, status);
      }
      return answer.parse(data);
    },
  };
}

function advice(code: string | null): string {
  switch (code) {
    case 'PGRST301':
    case 'PGRST302':
    case 'PGRST303':
      return ' (check SUPABASE_KEY: the database does not accept it)';
    case '42501':
      return ' (SUPABASE_KEY must be the secret key or a token of the role lead_bot)';
    case 'PGRST202':
      return " (the bot's SQL is missing or old: run npm run db:apply)";
    default:
      return '';
  }
}
