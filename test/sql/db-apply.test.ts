import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { composeMigration, composeSql } from '../../src/sql/compose.ts';
import { writeMigration } from '../../src/sql/migration-file.ts';
import { query } from '../support/apply-sql.ts';
import { emptyDatabase } from '../support/supabase.ts';
import { pushMigration } from '../support/supabase-cli.ts';

const script = join(import.meta.dirname, '../../src/sql/db-apply.ts');

async function dbApply(flags: readonly string[], databaseUrl = '') {
  const child = spawn(process.execPath, [script, ...flags], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

test('db:apply summarizes its changes in one line and exits with 0', async () => {
  const { databaseUrl } = await emptyDatabase();
  const { code, stdout, stderr } = await dbApply(['--seed'], databaseUrl);
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /^Changed: the lead tables, .* functions, 15 indexes, the list of mail providers, the sample leads\.\nThe leads are private: [^\n]*\n$/,
  );
  expect(code).toBe(0);
  expect(await dbApply([], databaseUrl)).toEqual({
    code: 0,
    stdout: 'Nothing to change.\n',
    stderr: '',
  });
});

test('--print writes the applied script, without a database', async () => {
  expect(await dbApply(['--print'])).toEqual({
    code: 0,
    stdout: await composeSql({ leadScoring: true }),
    stderr: '',
  });
});

test('--private reports what it closes, and also works with --print', async () => {
  const { databaseUrl } = await emptyDatabase();
  const { code, stdout } = await dbApply(['--private'], databaseUrl);
  expect(stdout).toMatch(
    /^ {2}dropped the policy "public read".*\nChanged: .*, who can read and change leads\.\n/s,
  );
  expect(code).toBe(0);
  const printed = await dbApply(['--print', '--private']);
  expect(printed.stdout).toBe(await composeSql({ leadScoring: true, private: true }));
  expect(printed.stdout).toContain('security_invoker = on');
});

test('--no-private leaves the leads as open as given, and warns in the last line', async () => {
  const { databaseUrl } = await emptyDatabase();
  const { code, stdout } = await dbApply(['--no-private'], databaseUrl);
  expect(stdout).toMatch(/\nAnyone with the project's public key can read leads in .*\n$/);
  expect(code).toBe(0);
});

/** A Supabase project with these files in supabase/migrations, removed after the test. */
async function migrationsFolder(...files: readonly string[]): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'lead-alerts-project-'));
  onTestFinished(() => rm(project, { recursive: true }));
  const folder = join(project, 'supabase', 'migrations');
  if (files.length > 0) await mkdir(folder, { recursive: true });
  for (const file of files) await writeFile(join(folder, file), 'select 1;');
  return folder;
}

test('--migration names its file for the Supabase CLI, and writes another only after a change', async () => {
  const folder = await migrationsFolder();
  const first = await dbApply(['--migration', folder]);
  const [file = '', ...others] = await readdir(folder);
  expect(others).toEqual([]);
  expect(file).toMatch(/^20\d{12}_lead_alerts\.sql$/);
  expect(first).toEqual({ code: 0, stdout: `Wrote ${join(folder, file)}.\n`, stderr: '' });
  expect(await readFile(join(folder, file), 'utf8')).toBe(
    await composeMigration({ leadScoring: true }),
  );
  const second = await dbApply(['--migration', folder]);
  expect(second.stdout).toBe('Nothing to change: the newest migration is identical.\n');
  expect(await readdir(folder)).toEqual([file]);
  await dbApply(['--migration', folder, '--private']);
  const files = (await readdir(folder)).sort();
  expect(files).toHaveLength(2);
  expect(files[0]).toBe(file);
});

const HALF_PAST_NINE = new Date('2026-11-29T09:30:00.400Z');

test.each([
  ['20261129092959_orders.sql', '20261129093000_lead_alerts.sql'],
  ['20261129093000_orders.sql', '20261129093001_lead_alerts.sql'],
  ['20261231235959_orders.sql', '20270101000000_lead_alerts.sql'],
  ['0042_orders.sql', '20261129093000_lead_alerts.sql'],
  ['30_orders.sql', '31_lead_alerts.sql'],
  ['not-a-migration.sql', '20261129093000_lead_alerts.sql'],
])(
  'after %s names the migration %s, because db push refuses one older than the newest',
  async (there, written) => {
    const folder = await migrationsFolder(there);
    const file = await writeMigration(folder, { leadScoring: true }, HALF_PAST_NINE);
    expect(file).toBe(join(folder, written));
  },
);

test('supabase db push applies everything, and prints only what it closes', async () => {
  const { databaseUrl } = await emptyDatabase();
  const migration = await composeMigration({ leadScoring: true });
  const messages = await pushMigration(databaseUrl, migration);
  expect(messages.filter((line) => !line.startsWith('INFO: lead-alerts closed: '))).toEqual([]);
  expect(await dbApply([], databaseUrl)).toMatchObject({ code: 0, stdout: 'Nothing to change.\n' });
  expect(await pushMigration(databaseUrl, migration)).toEqual([]);
});

test('a failing migration leaves nothing behind', async () => {
  const { databaseUrl } = await emptyDatabase();
  const migration = await composeMigration({ leadScoring: true });
  await expect(pushMigration(databaseUrl, `${migration}select 1 / 0;`)).rejects.toThrow(
    'division by zero',
  );
  expect(await query(databaseUrl, `select to_regnamespace('lead_bot') as schema`)).toEqual([
    { schema: null },
  ]);
});

test('a migration leaves the indexes of big tables to db:apply, and warns', async () => {
  const { databaseUrl } = await emptyDatabase();
  await dbApply([], databaseUrl);
  await query(
    databaseUrl,
    `drop index stakeholders_company_domain;
     insert into company_enrichment (domain) values ('acme.example');
     insert into stakeholders (company_domain, full_name, title)
     select 'acme.example', 'n ' || n, repeat('x', 900) from generate_series(1, 12000) n`,
  );
  const messages = await pushMigration(databaseUrl, await composeMigration({ leadScoring: true }));
  expect(messages).toEqual([
    expect.stringMatching(/^WARNING: Lead Alerts: 1 indexes on big tables .* npm run db:apply, /),
  ]);
  expect((await dbApply([], databaseUrl)).stdout).toBe('Changed: 1 index.\n');
});

test('--migration into an unwritable folder prints one message and exits with 1', async () => {
  const folder = await migrationsFolder('0042_orders.sql');
  const { code, stderr } = await dbApply(['--migration', join(folder, '0042_orders.sql')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Can't write the migration: EEXIST[^\n]*\n$/);
});

test('rejects --print with --migration', async () => {
  const { code, stderr } = await dbApply(['--print', '--migration', 'supabase/migrations']);
  expect(code).toBe(2);
  expect(stderr).toContain('Use either --print or --migration, not both.');
});

test('--help explains each option', async () => {
  const { code, stdout } = await dbApply(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/--print.*--private.*--no-private.*--seed.*Exit codes/s);
});

test('rejects an unknown option', async () => {
  const { code, stderr } = await dbApply(['--sede']);
  expect(code).toBe(2);
  expect(stderr).toContain("Unknown option '--sede'");
});

test('a failure prints one message, without stack or password, and exits with 1', async () => {
  const { code, stderr } = await dbApply([], 'postgresql://postgres:s3cret@127.0.0.1:1/postgres');
  expect(code).toBe(1);
  expect(stderr).toBe(
    'Cannot connect to 127.0.0.1:1: nothing is listening there. Is the database running, and is the port right?\n',
  );
});
