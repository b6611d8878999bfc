import pg from 'pg';
import type { TestDatabase } from './supabase.ts';

/** Runs `work` with a second connection in a transaction, rolled back unless committed. */
export async function inOtherTransaction<T>(
  { adminUrl }: Pick<TestDatabase, 'adminUrl'>,
  work: (other: pg.Client) => Promise<T>,
): Promise<T> {
  const other = new pg.Client({ connectionString: adminUrl });
  await other.connect();
  try {
    await other.query('begin');
    return await work(other);
  } finally {
    await other.end();
  }
}

/** Resolves when someone waits for a lock in this database. */
export async function untilBlocked(db: Pick<TestDatabase, 'sql'>): Promise<void> {
  for (let waiting = 0; waiting === 0; ) {
    const rows = await db.sql(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    waiting = rows.length;
  }
}
