import { afterAll } from 'vitest';
import { emptyDatabase } from '../support/supabase.ts';
import { VirtualDatabase } from './virtual-database.ts';
import { applyVirtualSql } from './virtual-sql.ts';

/**
 * Creates a database under virtual time, for one test file.
 *
 * @param change plants a bug in the SQL
 */
export async function simulatorDatabase(
  change?: (script: string) => string,
): Promise<VirtualDatabase> {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await applyVirtualSql(databaseUrl, change);
  const database = await VirtualDatabase.connect(adminUrl);
  afterAll(() => database.end());
  return database;
}
