import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mailProviders } from './mail-providers.ts';
import {
  CLOSING,
  MIGRATION_OPENING,
  opening,
  PRINTED_INDEXES,
  PRINTED_OPENING,
  RELOAD,
  settingLines,
  settings,
  TRY_LOCK,
} from './script-parts.ts';
import { createBotSchema } from './steps/create-bot-schema.ts';
import { applyFile, findChangedFiles, recordAppliedFiles } from './steps/function-files.ts';
import {
  buildIndexesInScript,
  type IndexScope,
  NEW_TABLES,
  SMALL_TABLES,
  warnOfPendingIndexes,
} from './steps/indexes.ts';
import { installTrigrams } from './steps/install-trigrams.ts';
import { makeLeadsPrivate, PRIVATE_FILE, reportMissingRights } from './steps/lead-table-rights.ts';
import { createLeadTables, insertSampleLeads, requireLeadTables } from './steps/lead-tables.ts';
import { lockBotTables } from './steps/lock-bot-tables.ts';
import { applyMigration, refuseDuplicateNumbers } from './steps/migration.ts';
import { step, withoutNotices } from './steps/step.ts';
import { syncMailProviders } from './steps/sync-mail-providers.ts';

export interface ComposeOptions {
  /** Creates the given lead tables if they are missing. If false, they must exist. */
  leadScoring: boolean;
  /** Inserts the five sample leads if there are no leads yet. */
  seed?: boolean;
  /**
   * Closes the lead tables to the project's public key, for good. Default: only if this run creates
   * them. False: never.
   */
  private?: boolean;
  /** Contains `lead-scoring` and `lead-bot`. Default: this repository's `sql`. */
  folder?: string;
}

const SQL_FOLDER = join(import.meta.dirname, '..', '..', 'sql');
const INDEXES = 'lead-scoring/indexes.sql';
const FUNCTIONS = 'lead-bot/functions';

/**
 * The bot's whole SQL as an idempotent script for psql or Supabase's SQL editor: one transaction, then
 * a query that lists the pending indexes.
 */
export async function composeSql(options: ComposeOptions): Promise<string> {
  return [
    PRINTED_OPENING,
    opening(3_000),
    TRY_LOCK,
    await steps(options, SMALL_TABLES),
    CLOSING,
    PRINTED_INDEXES,
    `${await pendingIndexesQuery(options)};`,
  ].join('\n\n');
}

/**
 * Just the transaction, for `applySql`, which later builds the indexes of existing tables without
 * blocking writes.
 */
export async function composeTransaction(
  options: ComposeOptions & { lockTimeoutMs: number },
): Promise<string> {
  return [opening(options.lockTimeoutMs), await steps(options, NEW_TABLES), CLOSING].join('\n\n');
}

/**
 * The same as a migration for the Supabase CLI. The CLI pipelines a file's statements and its own
 * bookkeeping as one implicit transaction: a `commit` would split it, `set local` only warns, and
 * concurrent index builds fail.
 */
export async function composeMigration(options: ComposeOptions): Promise<string> {
  return [
    MIGRATION_OPENING,
    settingLines(
      settings(3_000),
      ({ name, value }) => `select set_config('${name}', '${value}', true);`,
    ),
    TRY_LOCK,
    withoutNotices(await steps(options, SMALL_TABLES)),
    warnOfPendingIndexes(await pendingIndexesQuery(options)),
    `${RELOAD}\n`,
  ].join('\n\n');
}

/** The query that lists the indexes to build and to drop, with the statement for each. */
export async function pendingIndexesQuery(
  options: Pick<ComposeOptions, 'folder'>,
): Promise<string> {
  return (await readFile(join(options.folder ?? SQL_FOLDER, INDEXES), 'utf8')).trim();
}

async function steps(options: ComposeOptions, indexScope: IndexScope): Promise<string> {
  const folder = options.folder ?? SQL_FOLDER;
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  const list = async (of: string) =>
    (await readdir(join(folder, of)).catch(ifMissing))
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => `${of}/${file}`);

  const migrations = await list('lead-bot/migrations');
  refuseDuplicateNumbers(migrations);
  const functions = await Promise.all(
    (await list(FUNCTIONS)).map(async (file) => ({ file, sql: await read(file) })),
  );
  return [
    options.leadScoring
      ? createLeadTables(await read('lead-scoring/schema.sql'))
      : step('lead-scoring/schema.sql', requireLeadTables),
    step('the role and schema of the bot', createBotSchema),
    step('the extension pg_trgm', installTrigrams),
    step(INDEXES, buildIndexesInScript(indexScope, await pendingIndexesQuery(options))),
    lockBotTables(migrations),
    ...(await Promise.all(migrations.map(async (file) => applyMigration(file, await read(file))))),
    step('the list of changed functions', findChangedFiles(functions)),
    ...functions.map(({ file, sql }) => applyFile(file, sql)),
    recordAppliedFiles(functions),
    step('the check of rights on the lead tables', reportMissingRights),
    step('the list of mail providers', syncMailProviders(mailProviders())),
    ...(options.private === false
      ? []
      : [makeLeadsPrivate(await read(PRIVATE_FILE), options.private === true)]),
    ...(options.seed ? [insertSampleLeads(await read('lead-scoring/seed.sql'))] : []),
  ].join('\n\n');
}

function ifMissing(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
