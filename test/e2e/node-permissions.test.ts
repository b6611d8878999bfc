import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { startChild } from '../../src/sandbox/supabase/child.ts';
import { ALICE, answer, HOT_LEADS, message, onMessage, startWorld } from '../support/world.ts';

const { slack, startAnother, logged } = await startWorld({ replicas: 0 });

/** Node's permission model, allowing reads only. The bot needs no more. */
const READ_ONLY = ['--permission', '--allow-fs-read=*'];

test('works without the right to write files, start processes or threads, or load native code', async () => {
  const bot = await startAnother({}, READ_ONLY);
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed');
  await slack.say(ALICE, HOT_LEADS, '/lead help');
  await answer(slack, ALICE, '/lead');
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
  expect(logged.join('\n')).not.toContain('ERR_ACCESS_DENIED');
});

test.each([
  ['write a file', `require('node:fs').writeFileSync('forbidden.tmp', '')`],
  ['start a process', `require('node:child_process').spawnSync('true')`],
  ['start a thread', `new (require('node:worker_threads').Worker)('', { eval: true })`],
])('under these permissions, Node may not %s', async (_, attempt) => {
  const child = await startChild(process.execPath, [...READ_ONLY, '--eval', attempt]);
  await child.ended;
  expect(child.exitCode()).toBe(1);
  expect(child.tail()).toContain('ERR_ACCESS_DENIED');
});
