import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { examineLead } from '../../src/trace/examine-lead.ts';
import { addLead, rescore } from '../support/leads.ts';
import { ALICE, HOT_LEADS, message, modal, onMessage, startWorld } from '../support/world.ts';

const { slack, db, settings, logged, startAnother, bots } = await startWorld({ seed: false });
const COMMAND = fileURLToPath(new URL('../../src/trace/trace.ts', import.meta.url));

/** Runs `npm run trace`. */
async function trace(args: readonly string[], changed: Record<string, string> = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { PATH: process.env['PATH'], ...settings, ...changed },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

const startLine = z.object({ msg: z.literal('starting'), bot: z.string() });

/** How the bots have named themselves in their logs, in the order of their starts. */
const names = () =>
  logged.flatMap((line) => {
    const { data } = startLine.safeParse(JSON.parse(line));
    return data === undefined ? [] : [data.bot];
  });

const pollsAreOver = () =>
  expect
    .poll(() => db.sql('select from lead_bot.poll_state where first_poll_at is not null'), {
      timeout: 30_000,
    })
    .toHaveLength(1);

test('tells the life of a lead, and which of two bots did what', async () => {
  await pollsAreOver();
  const lead = await addLead(db, { domain: 'quartz.example', company: 'Quartz', score: 62 });
  await rescore(db, lead, 88);
  const card = await message(slack, HOT_LEADS, 'Quartz');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  const claimed = await message(slack, HOT_LEADS, 'Quartz', 'Claimed by @U0ALICE');
  await bots[0]?.stop();
  await startAnother();
  await slack.until(() => slack.connections() === 1, { what: 'the second bot' });
  await slack.press(ALICE, onMessage(claimed), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  await slack.submit(ALICE, form.id, {
    [ids.contactMethod]: 'call',
    [ids.contactNote]: 'Secret note',
  });
  await message(slack, HOT_LEADS, 'Quartz', 'Contacted');

  const { code, stdout, stderr } = await trace(['quartz.example']);
  expect([code, stderr]).toEqual([0, '']);
  const [first = '', second = ''] = names();
  expect(first).not.toBe(second);
  const told = [
    ['score written: developer', '(62 → 88 points)', ''],
    ['a poll noticed developer', 'after the score was written', first],
    ['alert opened by developer', '88 points', first],
    ['card queued for C0HOTLEADS', '', ''],
    ['card posted in C0HOTLEADS, ts ', 'after the score was written', first],
    ['claimed by U0ALICE', 'drawn ', first],
    ['card updated', '', first],
    ['contacted by U0ALICE (call)', 'drawn ', second],
    ['card updated', '', second],
  ];
  const lines = stdout.split('\n').filter((line) => /^ {2}\d\d:/.test(line));
  expect(lines).toHaveLength(told.length);
  for (const [n, [begin = '', middle = '', bot = '']] of told.entries()) {
    const line = lines[n] ?? '';
    expect(line).toContain(begin);
    expect(line).toContain(middle);
    if (bot !== '') expect(line).toContain(`  ${bot}  `);
  }
  expect(stdout).not.toContain('Secret note');
});

test('says why a lead got no card', async () => {
  await addLead(db, { domain: 'aside.example', email: `${'a'.repeat(400)}@aside.example` });
  await expect
    .poll(() => db.sql(`select from lead_bot.crossings where fate = 'set-aside'`), {
      timeout: 30_000,
    })
    .toHaveLength(1);
  const { code, stdout } = await trace(['aside.example']);
  expect(code).toBe(0);
  expect(stdout).toContain("no card: set aside, its row can't be read");
  expect(stdout).toContain(
    "1 hot lead is set aside: the row of lead_dashboard can't be used (email)",
  );
});

test('says that Slack refused a card, and which bot tried', async () => {
  slack.misbehave({
    method: 'chat.postMessage',
    times: 1,
    how: { kind: 'error', error: 'restricted_action' },
  });
  await addLead(db, { domain: 'refused.example', company: 'Refused' });
  await expect
    .poll(async () => (await trace(['refused.example'])).stdout, { timeout: 20_000, interval: 500 })
    .toContain('restricted_action');
  const { stdout } = await trace(['Refused']);
  const line = stdout.split('\n').find((one) => one.includes('restricted_action'));
  expect(line).toContain(`  ${names().at(-1)}  `);
});

test('prints JSON', async () => {
  const { code, stdout } = await trace(['refused.example', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    trace: { accountKey: 'refused.example', entries: expect.any(Array) },
    now: { setAside: [], waiting: 0, hidden: 0 },
  });
});

test.each([
  [[], 'Give one domain, company or e-mail address.'],
  [['refused.example', '--day', '7'], "Unknown option '--day'"],
  [['refused.example', '--days', '0'], '--days takes a whole number from 1 to 99999.'],
])('%j is refused with the reason', async (args, reason) => {
  const { code, stderr } = await trace(args);
  expect(code).toBe(2);
  expect(stderr.startsWith(reason)).toBe(true);
});

/** What is printed of nobody, or of wrong settings. */
const problem = async (asked: string, changed: Record<string, string> = {}) => {
  const traced = await examineLead({ ...settings, ...changed }, asked, null);
  return traced.kind === 'problem' ? traced.lines.join('\n') : traced.kind;
};

test('says who may be meant, or that nobody is known', async () => {
  await addLead(db, { domain: 'basalt.example', company: 'Basalt Works', score: 30 });
  await addLead(db, { domain: 'basalts.example', company: 'Basalt Mines', score: 20 });
  expect(await problem('basalt')).toMatch(
    /basalt\.example {2}Basalt Works\n.*basalts\.example {2}Basalt Mines/,
  );
  expect(await problem('nobody.example')).toBe('Nobody is known as “nobody.example”.');
  expect(await problem('gmail.com')).toContain('mail provider');
  expect(await problem('???')).toContain("can't be a company");
});

test('says what is wrong with its settings', async () => {
  expect(await problem('a.example', { SUPABASE_KEY: '' })).toContain(
    'SUPABASE_URL and SUPABASE_KEY are required',
  );
  expect(await problem('a.example', { SUPABASE_KEY: 'sb_secret_wrong_wrong_wrong' })).toContain(
    'SUPABASE_KEY is not accepted',
  );
});

test('says what is wrong with its arguments', async () => {
  for (const args of [[], ['--days', '0', 'a.example']]) {
    expect(await trace(args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--days <n>'),
    });
  }
});
