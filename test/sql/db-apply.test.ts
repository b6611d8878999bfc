import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { composeSql } from '../../src/sql/compose.ts';
import { emptyDatabase } from '../support/supabase.ts';

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

test('db:apply says in one line what it has changed, and ends with 0', async () => {
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

test('--print writes the very script that is applied, and needs no database', async () => {
  expect(await dbApply(['--print'])).toEqual({
    code: 0,
    stdout: await composeSql({ leadScoring: true }),
    stderr: '',
  });
});

test('--private says what it closes, and is in the printed script when asked for', async () => {
  const { databaseUrl } = await emptyDatabase();
  const { code, stdout } = await dbApply(['--private'], databaseUrl);
  expect(stdout).toMatch(
    /^ {2}dropped the policy "public read".*\nChanged: .*, who may read and change leads\.\n/s,
  );
  expect(code).toBe(0);
  const printed = await dbApply(['--print', '--private']);
  expect(printed.stdout).toBe(await composeSql({ leadScoring: true, private: true }));
  expect(printed.stdout).toContain('security_invoker = on');
});

test('--no-private leaves leads as open as they are given, and the last line says so', async () => {
  const { databaseUrl } = await emptyDatabase();
  const { code, stdout } = await dbApply(['--no-private'], databaseUrl);
  expect(stdout).toMatch(/\nWhoever has the project's public key can read leads, .*\n$/);
  expect(code).toBe(0);
});

test('--help says what each option does', async () => {
  const { code, stdout } = await dbApply(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/--print.*--private.*--no-private.*--seed.*Exit codes/s);
});

test('an unknown option is wrong usage', async () => {
  const { code, stderr } = await dbApply(['--sede']);
  expect(code).toBe(2);
  expect(stderr).toContain("Unknown option '--sede'");
});

test('a failure is one message without a stack or a password, and exit code 1', async () => {
  const { code, stderr } = await dbApply([], 'postgresql://postgres:s3cret@127.0.0.1:1/postgres');
  expect(code).toBe(1);
  expect(stderr).toBe(
    'Cannot connect to 127.0.0.1:1: nothing listens there. Is the database running, is the port right?\n',
  );
});
