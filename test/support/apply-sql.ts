import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, onTestFinished } from 'vitest';
import { type ApplyOptions, applySql } from '../../src/sql/apply.ts';
import { readSource } from './source-files.ts';
import { emptyDatabase } from './supabase.ts';

const repository = join(import.meta.dirname, '..', '..', 'sql');

/** A copy of `sql/` with the lead tables, and of the bot's files only the one that makes them private. */
async function baseFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lead-alerts-sql-'));
  await cp(join(repository, 'lead-scoring'), join(folder, 'lead-scoring'), { recursive: true });
  for (const name of ['migrations', 'functions']) {
    await mkdir(join(folder, 'lead-bot', name), { recursive: true });
  }
  await copyFile(folder, join('functions', 'lets_everyone_in.sql'));
  return folder;
}

const copyFile = (folder: string, file: string): Promise<void> =>
  cp(join(repository, 'lead-bot', file), join(folder, 'lead-bot', file));

/** A folder like `sql/` whose bot consists of these files. Removed after the test file. */
export async function sqlFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await baseFolder();
  afterAll(() => rm(folder, { recursive: true }));
  for (const [file, sql] of Object.entries(files)) {
    await writeFile(join(folder, 'lead-bot', file), sql);
  }
  return folder;
}

/** A database whose owner has created the given lead tables, without the bot. */
export async function existingLeadTables(
  sql = '',
): Promise<{ databaseUrl: string; adminUrl: string }> {
  const { databaseUrl, adminUrl } = await emptyDatabase();
  await query(databaseUrl, `${readSource('sql/lead-scoring/schema.sql')}; ${sql}`);
  return { databaseUrl, adminUrl };
}

/** A folder like `sql/` before this migration, with only these functions. Removed after the test. */
export async function sqlBefore(
  migration: string,
  functions: readonly string[] = [],
): Promise<string> {
  const folder = await baseFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const migrations = await readdir(join(repository, 'lead-bot', 'migrations'));
  const older = migrations.filter((name) => name < migration);
  for (const name of older) await copyFile(folder, join('migrations', name));
  for (const name of functions) await copyFile(folder, join('functions', name));
  return folder;
}

export async function query(url: string, text: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Applies the SQL and returns the reported lines. */
export async function apply(
  databaseUrl: string,
  options: Partial<ApplyOptions> = {},
  onLine: (line: string) => void = () => {},
): Promise<string[]> {
  const lines: string[] = [];
  await applySql(databaseUrl, { leadScoring: true, ...options }, (line) => {
    lines.push(line);
    onLine(line);
  });
  return lines;
}

export interface Pipeline {
  query(text: string): Promise<pg.QueryResultRow[]>;
  end(): Promise<void>;
}

/** A connection of the scoring pipeline, recognizable in pg_stat_activity. */
export async function pipeline(databaseUrl: string): Promise<Pipeline> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'nightly scoring',
  });
  client.on('error', () => {}); // After a failed test the database's end closes it.
  await client.connect();
  let ended: Promise<void> | undefined;
  return {
    query: async (text) => (await client.query(text)).rows,
    end() {
      ended ??= client.end();
      return ended;
    },
  };
}
