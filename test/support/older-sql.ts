import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const repository = join(import.meta.dirname, '..', '..', 'sql');

/**
 * A folder like `sql/` with the migrations before this number and these function files, plus the one that
 * private lead tables need.
 */
export async function sqlBefore(
  migration: string,
  functions: readonly string[] = [],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lead-alerts-sql-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(repository, 'lead-scoring'), join(folder, 'lead-scoring'), { recursive: true });
  await mkdir(join(folder, 'lead-bot', 'migrations'), { recursive: true });
  const all = await readdir(join(repository, 'lead-bot', 'migrations'));
  const copied = [
    ...all.filter((name) => name < migration).map((name) => join('migrations', name)),
    ...['lets_everyone_in.sql', ...functions].map((name) => join('functions', name)),
  ];
  for (const file of copied) {
    await cp(join(repository, 'lead-bot', file), join(folder, 'lead-bot', file));
  }
  return folder;
}
