import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ComposeOptions, composeMigration } from './compose.ts';

/** The Supabase CLI names migrations <timestamp>_<name>.sql and applies them in this order. */
const MIGRATION = /^(\d+)_.*\.sql$/;

/**
 * Writes the bot's SQL as a migration of the Supabase CLI. Its timestamp is later than any other in the
 * folder, because `supabase db push` refuses a migration older than those it has applied.
 *
 * @returns its path, or null if the bot's newest migration there is identical
 */
export async function writeMigration(
  folder: string,
  options: ComposeOptions,
  now: Date,
): Promise<string | null> {
  const script = await composeMigration(options);
  await mkdir(folder, { recursive: true });
  const files = (await readdir(folder)).filter((file) => MIGRATION.test(file)).sort();
  const ours = files.findLast((file) => file.endsWith('_lead_alerts.sql'));
  if (ours !== undefined && (await readFile(join(folder, ours), 'utf8')) === script) return null;
  const file = join(folder, `${versionAfter(files.at(-1), now)}_lead_alerts.sql`);
  await writeFile(file, script, { flag: 'wx' });
  return file;
}

/** Now in UTC, as the CLI writes it (20260107093000), or one second after the newest migration if that is later. */
function versionAfter(newest: string | undefined, now: Date): string {
  const version = inDigits(now);
  const before = MIGRATION.exec(newest ?? '')?.[1] ?? '';
  if (before < version) return version;
  const [, date, hours, minutes, seconds] = /^(\d{8})(\d\d)(\d\d)(\d\d)$/.exec(before) ?? [];
  if (date === undefined) return `${BigInt(before) + 1n}`;
  const day = date.replace(/(....)(..)(..)/, '$1-$2-$3');
  return inDigits(new Date(Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`) + 1_000));
}

const inDigits = (time: Date): string => time.toISOString().replaceAll(/\D/g, '').slice(0, 14);
