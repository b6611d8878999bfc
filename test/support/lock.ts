import pg from 'pg';
import type { TestDatabase } from './supabase.ts';

export interface Lock {
  /** Resolves when a call of this bot function is blocked. */
  holdsUp(name: string): Promise<void>;
  /** Makes the blocked calls fail, like a database timeout. */
  cancelWaiting(): Promise<void>;
  release(): Promise<void>;
}

/** Holds a lock in an open transaction, so that calls on the same rows block. */
export async function lock(db: TestDatabase, statement: string): Promise<Lock> {
  const client = new pg.Client({ connectionString: db.adminUrl });
  client.on('error', () => {}); // A failed test leaves it open until the database is dropped.
  await client.connect();
  await client.query('begin');
  await client.query(statement);
  const waiting = (name: string) =>
    db.sql<{ pid: number }>(
      `select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and position($1 in query) > 0`,
      [name],
    );
  return {
    async holdsUp(name) {
      while ((await waiting(name)).length === 0);
    },
    async cancelWaiting() {
      for (const { pid } of await waiting('lead_bot_')) {
        await db.sql('select pg_cancel_backend($1)', [pid]);
      }
    },
    async release() {
      await client.query('rollback');
      await client.end();
    },
  };
}
