import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { startChild } from '../../src/sandbox/supabase/child.ts';
import { freePort } from '../support/listen.ts';
import { webhookReceiver } from '../support/webhook-receiver.ts';
import { ALICE, answer, HOT_LEADS, message, onMessage, startWorld } from '../support/world.ts';

const { slack, settings, startAnother, logged } = await startWorld({ replicas: 0 });
const crm = await webhookReceiver();

/** Node's permission model, allowing reads only. The bot needs no more. */
const READ_ONLY = ['--permission', '--allow-fs-read=*'];

test('works without the right to write files, start processes or threads, or load native code', async () => {
  const port = `${await freePort()}`;
  const metricsPort = `${await freePort()}`;
  const bot = await startAnother(
    {
      PORT: port,
      OUTCOME_WEBHOOK_URL: crm.url,
      OUTCOME_WEBHOOK_SECRET: crm.secret,
      OUTCOME_WEBHOOK_PEOPLE: 'true',
      METRICS_PORT: metricsPort,
    },
    // Preloaded as in the image, where it can't write its cache.
    [...READ_ONLY, '--import', './src/quick-start.js'],
  );
  for (const args of [['--until-ready'], []]) {
    const check = [...READ_ONLY, 'src/ops/health-check.ts', ...args];
    const child = await startChild(process.execPath, check, { env: { PORT: port } });
    await child.ended;
    expect([child.tail(), child.exitCode()]).toEqual(['', 0]);
  }
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed');
  await slack.say(ALICE, HOT_LEADS, '/lead help');
  await answer(slack, ALICE, '/lead');
  await expect.poll(() => crm.received.map(({ event }) => event.type)).toContain('lead.claimed');
  const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  expect(await metrics.text()).toContain('lead_alerts_');
  const trace = [...READ_ONLY, 'src/trace/trace.ts', 'velocitypay.io'];
  const traced = await startChild(process.execPath, trace, { env: settings });
  await traced.ended;
  expect(traced.tail()).toContain('claimed by U0ALICE');
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
