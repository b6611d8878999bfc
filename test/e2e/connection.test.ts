import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { alertOf } from '../support/leads.ts';
import { freePort } from '../support/listen.ts';
import { lock } from '../support/lock.ts';
import { ALICE, answer, HOT_LEADS, message, onMessage, startWorld } from '../support/world.ts';

const { slack, db, startAnother } = await startWorld({ replicas: 0 });

async function startWithHealth() {
  const port = await freePort();
  const bot = await startAnother({ PORT: String(port) });
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
    if (response === null) return null;
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  return { bot, get };
}

const ALIVE = { status: 200, body: { ok: true, problems: [] } };
const notReady = (...problems: string[]) => ({ status: 503, body: { ok: false, problems } });

test('is alive but not ready while the database is away, at the start and later', async () => {
  await db.stopPostgrest();
  const { bot, get } = await startWithHealth();
  await expect.poll(() => get('/healthz')).toEqual(ALIVE);
  expect(await get('/readyz')).toEqual(
    notReady(
      'the database does not answer',
      'not connected to Slack',
      'no poll has succeeded recently',
    ),
  );
  await db.startPostgrest();
  await expect.poll(() => get('/readyz')).toEqual(ALIVE);
  await db.stopPostgrest();
  await expect.poll(() => get('/readyz')).toEqual(notReady('the database does not answer'));
  expect(await get('/healthz')).toEqual(ALIVE);
  await db.startPostgrest();
  await expect.poll(() => get('/readyz')).toEqual(ALIVE);
  await bot.stop();
});

test('fault-43 makes a gesture once when the socket is cut during it, and the AE can press again', async () => {
  const bot = await startAnother();
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.until(() => slack.connected(), { what: 'the connection' });
  const claim = { actionId: ids.claim };
  const alerts = await lock(db, 'select from lead_bot.alerts for update');
  await slack.press(ALICE, onMessage(card), claim);
  await alerts.holdsUp('lead_bot_claim');
  slack.dropSockets();
  await slack.until(() => !slack.connected(), { what: 'the cut' });
  await slack.until(() => slack.connected(), { what: 'a new connection' });
  await slack.press(ALICE, onMessage(card), claim);
  await alerts.release();
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  await answer(slack, ALICE, 'You have already claimed VelocityPay.');
  expect(
    await db.sql(
      `select actor from lead_bot.alert_events where kind = 'claimed' and alert_id = $1`,
      [await alertOf(db, 'velocitypay.io')],
    ),
  ).toEqual([{ actor: ALICE }]);
  await bot.stop();
});

test('fault-44 exits with 1 and one line when Slack refuses to reconnect a running bot', async () => {
  const bot = await startAnother();
  await slack.until(() => slack.connected(), { what: 'the connection' });
  const method = 'apps.connections.open';
  const undo = slack.misbehave({ method, how: { kind: 'error', error: 'invalid_auth' } });
  slack.dropSockets();
  await bot.ended;
  expect(bot.exitCode()).toBe(1);
  expect(bot.tail()).toContain(
    'Slack refuses Socket Mode (invalid_auth). Check that SLACK_APP_TOKEN is',
  );
  undo();
});
