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
