import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { placesOf } from '../support/erasure.ts';
import { addLead, alertOf } from '../support/leads.ts';
import {
  ALICE,
  confirmShare,
  DIGEST,
  dueNow,
  HOT_LEADS,
  message,
  onMessage,
  pollsForAnHour,
  readable,
  startWorld,
} from '../support/world.ts';

const { slack, db, settings, logged, startAnother, bots } = await startWorld({ seed: false });
const COMMAND = fileURLToPath(new URL('../../src/erase/erase.ts', import.meta.url));

/** Runs `npm run erase`; without `asBot` it has no settings of the bot. */
async function erase(args: readonly string[], asBot = false, more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: db.databaseUrl,
      ...(asBot && settings),
      ...more,
    },
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

/** Every message in the local Slack's channels. */
const inSlack = () =>
  [HOT_LEADS, DIGEST]
    .flatMap((channel) => slack.messages(channel))
    .map((m) => JSON.stringify(m))
    .join('\n');

const posts = () => slack.calls('chat.postMessage').length;

test('erases a company from the database and Slack, and redraws its lists', async () => {
  await addLead(db, { domain: 'canary.example', company: 'Canary Inc', name: 'Zoe Canary' });
  await addLead(db, { domain: 'stays.example', company: 'Stays Inc', score: 82 });
  await message(slack, HOT_LEADS, 'Stays Inc');
  const card = await message(slack, HOT_LEADS, 'Canary Inc');
  await addLead(db, { domain: 'canary.example', name: 'Max Canary' });
  await message(slack, HOT_LEADS, 'Max Canary', 'is hot now too');
  await slack.press(ALICE, onMessage(card), {
    actionId: ids.claim,
    value: await alertOf(db, 'canary.example'),
  });
  await message(slack, HOT_LEADS, 'Canary Inc', 'Claimed by');
  await pollsForAnHour(db);
  await startAnother({ DIGEST_SCHEDULE: dueNow() });
  await message(slack, DIGEST, 'Canary Inc', 'Stays Inc');

  const { code, stdout, stderr } = await erase(['canary.example']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('1 company, 2 people, 1 alert');
  expect(stdout).toContain('Done');
  expect(stdout.toLowerCase()).not.toContain('canary');
  expect(inSlack().toLowerCase()).not.toContain('canary');
  expect(readable(await message(slack, DIGEST, 'Stays Inc'))).toContain('1 to claim');
  expect(await placesOf(db, 'canary')).toEqual([]);
});

test('erases only the person when colleagues are hot', async () => {
  await addLead(db, { domain: 'many.example', company: 'Many Inc', name: 'Ada Stays' });
  await message(slack, HOT_LEADS, 'Many Inc');
  await addLead(db, {
    domain: 'many.example',
    name: 'Zoe Leaves',
    email: 'zoe@many.example',
    score: 97,
  });
  await message(slack, HOT_LEADS, 'Zoe Leaves', 'is hot now too');
  await message(slack, HOT_LEADS, 'Many Inc', '97');
  expect(await erase(['ZOE@many.example'])).toMatchObject({ code: 0 });
  expect(readable(await message(slack, HOT_LEADS, 'Many Inc'))).toContain('Ada Stays');
  expect(inSlack()).not.toMatch(/Zoe Leaves|zoe@/);
});

test('fault-60 cancels the queued card of an erased lead, and scrubs its payload', async () => {
  const undo = slack.misbehave({
    method: 'chat.postMessage',
    how: { kind: 'rate-limit', retryAfterSeconds: 3_600 },
  });
  const before = posts();
  await addLead(db, { domain: 'queued.example', company: 'Queued Inc' });
  await slack.until(() => posts() > before, { what: 'a refused post' });
  const refused = posts();
  expect(await erase(['queued.example'])).toMatchObject({ code: 0 });
  undo();
  await db.sql('update lead_bot.channels set next_post_at = now()');
  await addLead(db, { domain: 'after.example', company: 'After Inc' });
  await message(slack, HOT_LEADS, 'After Inc');
  const since = slack.calls('chat.postMessage').slice(refused);
  expect(JSON.stringify(since)).not.toContain('Queued Inc');
  expect(inSlack()).not.toContain('Queued Inc');
  expect(await placesOf(db, 'queued')).toEqual([]);
});

test('fault-60 removes a card whose lead was erased during the post, once it is found', async () => {
  slack.misbehave({ method: 'chat.postMessage', times: 1, how: { kind: 'hang', accept: true } });
  await addLead(db, { domain: 'flight.example', company: 'Flight Inc' });
  await message(slack, HOT_LEADS, 'Flight Inc');
  const { code, stderr } = await erase(['flight.example']);
  expect([code, stderr]).toEqual([0, '']);
  expect(inSlack()).not.toContain('Flight Inc');
});

test('names what Slack refuses to delete, and deletes it on the next run', async () => {
  await addLead(db, { domain: 'held.example', company: 'Held Inc' });
  await message(slack, HOT_LEADS, 'Held Inc');
  const undo = slack.misbehave({
    method: 'chat.delete',
    how: { kind: 'error', error: 'compliance_exports_prevent_deletion' },
  });
  const first = await erase(['held.example']);
  expect(first.code).toBe(1);
  expect(first.stderr).toContain(
    `Left in ${HOT_LEADS}: 1 card (refused: compliance_exports_prevent_deletion)`,
  );
  undo();
  expect(await erase(['held.example'])).toMatchObject({ code: 0, stderr: '' });
  expect(inSlack()).not.toContain('Held Inc');
});

test("needs no running bot if it has the bot's settings", async () => {
  await addLead(db, { domain: 'alone.example', company: 'Alone Inc' });
  await message(slack, HOT_LEADS, 'Alone Inc');
  // Two more card channels. The bot isn't in the second.
  await db.sql(`insert into lead_bot.card_channels (channel) values ($1), ('C0NOWHERE')`, [DIGEST]);
  for (const channel of [HOT_LEADS, DIGEST]) {
    await slack.say(ALICE, channel, '/lead alone.example');
    const found = await slack.until(
      () =>
        slack
          .privateAnswers(ALICE)
          .findLast((one) => one.channel === channel && one.text.includes('Alone Inc')),
      { what: 'an answer' },
    );
    await slack.press(
      ALICE,
      { in: 'message', channel, ts: found.ts },
      { actionId: ids.share, value: 'alone.example' },
    );
    await confirmShare(slack, ALICE, 'Alone Inc');
    await message(slack, channel, 'Alone Inc', 'Shared by');
  }
  await Promise.all(bots.map((bot) => bot.stop()));
  const without = await erase(['alone.example', '--wait', '1']);
  expect(without.code).toBe(1);
  expect(without.stderr).toContain('is a bot running?');
  const asBot = await erase(['alone.example'], true);
  expect([asBot.code, asBot.stderr]).toEqual([0, '']);
  expect(asBot.stdout).toContain('2 shared answers');
  expect(inSlack()).not.toContain('Alone Inc');
});

test('shows nothing in a channel shared with other organizations', async () => {
  const bot = await startAnother();
  await addLead(db, { domain: 'leaves.example', company: 'Leaves Inc' });
  await message(slack, HOT_LEADS, 'Leaves Inc');
  const undo = slack.misbehave({
    method: 'chat.postMessage',
    how: { kind: 'rate-limit', retryAfterSeconds: 3_600 },
  });
  const before = posts();
  await addLead(db, { domain: 'waits.example', company: 'Waits Inc' });
  await slack.until(() => posts() > before, { what: 'a refused post' });
  await bot.stop();
  undo();
  await db.sql('update lead_bot.channels set next_post_at = now()');
  await db.sql('update lead_bot.messages set next_try_at = now()');
  slack.changeChannel(HOT_LEADS, { shared: 'external' });
  expect((await erase(['leaves.example'], true)).stdout).toContain('1 company');
  slack.changeChannel(HOT_LEADS, { shared: null });
  expect(inSlack()).not.toContain('Waits Inc');
  expect(
    await db.sql('select channel, pause_reason from lead_bot.channels where pauses > 0'),
  ).toEqual([{ channel: HOT_LEADS, pause_reason: 'is_ext_shared' }]);
});

test('exits with 1 for an unknown address, and says so', async () => {
  const { code, stderr } = await erase(['nobody@many.example'], true);
  expect([code, stderr]).toEqual([1, 'Found nothing with that e-mail address.\n']);
});

test('erases whatever the tables accept, however odd', async () => {
  const names: [string, string][] = [
    ['<b@x>@evil.example', 'evil.example'],
    ['"odd one"@quoted.example', 'quoted.example'],
    ['url-one@url.example', 'https://url.example/path'],
    ['blank-one@blank.example', 'blank corp.example '],
  ];
  for (const [email, domain] of names) {
    await db.sql('insert into public.developer_signups (email, company_domain) values ($1, $2)', [
      email,
      domain,
    ]);
  }
  for (const name of [
    '<b@x>@evil.example',
    '"ODD one"@quoted.example',
    names[2]?.[1],
    names[3]?.[1],
  ]) {
    expect(await erase([name ?? ''])).toMatchObject({ code: 0, stderr: '' });
  }
  const left = await db.sql('select email from public.developer_signups where email = any ($1)', [
    names.map(([email]) => email),
  ]);
  expect(left).toEqual([]);
});

test('refuses the domain of a mail provider', async () => {
  await addLead(db, { domain: 'many.example', email: 'someone@gmail.com' });
  const { code, stderr } = await erase(['gmail.com']);
  expect(code).toBe(1);
  expect(stderr).toContain('by e-mail address');
});

test('refuses two names at once, without repeating them', async () => {
  const { code, stderr } = await erase(['a@b.example', 'c.example']);
  expect(code).toBe(2);
  expect(stderr).toContain('npm run erase');
  expect(stderr).not.toContain('a@b.example');
});

test('exits when the database connection breaks while it waits', async () => {
  const undo = slack.misbehave({
    method: 'chat.delete',
    how: { kind: 'rate-limit', retryAfterSeconds: 3_600 },
  });
  const before = slack.calls('chat.delete').length;
  const ended = erase(['many.example'], true);
  await slack.until(() => slack.calls('chat.delete').length > before, { what: 'a removal' });
  await db.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lead-alerts erase'",
  );
  const { code, stderr } = await ended;
  undo();
  expect(stderr).toMatch(/^Not finished: \w+( 57P01)?\. Run it again\.\n$/);
  expect(code).toBe(1);
});

test('keeps all names out of the logs', () => {
  expect(logged.join('\n')).not.toMatch(/canary|Zoe|Inc\b|@many/i);
});

test('names a malformed HTTPS_PROXY or DATABASE_URL in one line', async () => {
  for (const [more, named] of [
    [{ HTTPS_PROXY: 'http://' }, 'HTTPS_PROXY must be a proxy URL'],
    [{ HTTPS_PROXY: '"http://proxy.example:3128"' }, 'HTTPS_PROXY has quotes around it'],
    [{ DATABASE_URL: `'${db.databaseUrl}'` }, 'DATABASE_URL has quotes around it'],
  ] as const) {
    const { code, stdout, stderr } = await erase(['nobody.example'], true, more);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^${named}[^\n]*\n$`));
  }
});
