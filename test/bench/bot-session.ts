import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import type { Database } from '../../src/adapters/supabase-client.ts';
import type { BigStage } from './big-stage.ts';

export interface Timed {
  answer: unknown;
  /** Inside of Postgres, without the way there and back. */
  ms: number;
  /** How much of that it waited for a CPU, because the machine was busy with something else; 0 where unknown. */
  waitedMs: number;
}

/** Without the waiting for a CPU. A short call is seldom interrupted, and what its connection waited says nothing. */
export const bareMs = ({ ms, waitedMs }: Timed): number => (ms < 10 ? ms : ms - waitedMs);

/** A connection as PostgREST has it: it calls functions as role `lead_bot`, within hosted Supabase's 8 s. */
export interface BotSession {
  /** One function, one transaction. @throws when it takes longer than 8 s */
  call(name: string, args?: Record<string, unknown>): Promise<Timed>;
  /** The same without a trace. */
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
  /** Calls a function by the names of its arguments. */
  call(name: string, args?: Record<string, unknown>): Promise<Timed>;
  /** Runs a statement. Its time is ours, with the way there and back. */
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

/** Milliseconds for which a process was ready to run and had no CPU. Linux keeps count. */
async function waited(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) / 1e6;
}

/** jsonb comes as its text, as does everything else. */
function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** For the bot's own code on such a session; `onCall` hears how long each call took. */
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
