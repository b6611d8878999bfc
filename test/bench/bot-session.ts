import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import type { Database } from '../../src/adapters/supabase-client.ts';
import type { BigStage } from './big-stage.ts';

export interface Timed {
  answer: unknown;
  /** Inside Postgres, without the round trip. */
  ms: number;
  /** Part of that time spent waiting for a CPU, because of other load; 0 if unknown. */
  waitedMs: number;
}

/** Without waiting for a CPU. Short calls are rarely interrupted, and their wait time means nothing. */
export const bareMs = ({ ms, waitedMs }: Timed): number => (ms < 10 ? ms : ms - waitedMs);

/** A connection like PostgREST's: calls functions as role `lead_bot`, with hosted Supabase's timeout of 8 s. */
export interface BotSession {
  /** Calls a function in one transaction. @throws after 8 s */
  call(name: string, args?: Record<string, unknown>): Promise<Timed>;
  /** The same, but rolls back. */
  rehearse(name: string, args?: Record<string, unknown>): Promise<Timed>;
  end(): Promise<void>;
}

export async function openBotSession(stage: BigStage, database: string): Promise<BotSession> {
  const client = await stage.connect('authenticator', database);
  await client.query("set role lead_bot; set statement_timeout = '8s'");
  const timer = await timerFor(client);
  return {
    call: (name, args = {}) => timer.call(`public.${name}`, args),
    async rehearse(name, args = {}) {
      await client.query('begin');
      try {
        return await timer.call(`public.${name}`, args);
      } finally {
        await client.query('rollback');
      }
    },
    end: () => client.end(),
  };
}

export interface Timer {
  /** Calls a function with named arguments. */
  call(name: string, args?: Record<string, unknown>): Promise<Timed>;
  /** Runs a statement. Measured by the client, so the time includes the round trip. */
  run(text: string): Promise<Timed>;
}

export async function timerFor(client: pg.Client): Promise<Timer> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]?.pid;
  return {
    async call(name, args = {}) {
      const given = Object.keys(args).map((arg, index) => `${arg} => $${index + 1}`);
      const waitedBefore = await waited(pid);
      const { rows } = await client.query<{ answer: string | null; ms: number }>(
        `with begun as materialized (select clock_timestamp() as at),
              called as materialized (select ${name}(${given.join(', ')})::text as answer from begun)
         select answer, extract(epoch from clock_timestamp() - (select at from begun))::float8 * 1000 as ms from called`,
        Object.values(args),
      );
      const [row] = rows;
      if (row === undefined) throw new Error(`${name} did not answer`);
      const waitedMs = Math.min(row.ms, (await waited(pid)) - waitedBefore);
      return { answer: parsed(row.answer), ms: row.ms, waitedMs };
    },
    async run(text) {
      const waitedBefore = await waited(pid);
      const begun = performance.now();
      const { rows } = await client.query(text);
      const ms = performance.now() - begun;
      return { answer: rows, ms, waitedMs: Math.min(ms, (await waited(pid)) - waitedBefore) };
    },
  };
}

/** Milliseconds for which a process was runnable without a CPU, as counted by Linux. */
async function waited(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) / 1e6;
}

/** All answers arrive as text, including jsonb. */
function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Adapts a session to the bot's own code. Calls `onCall` with the time of each call. */
export function databaseOf(
  session: BotSession,
  onCall: (name: string, timed: Timed) => void,
): Database {
  return {
    async call(name, args, answer) {
      const timed = await session.call(name, args);
      onCall(name, timed);
      return answer.parse(timed.answer);
    },
  };
}
