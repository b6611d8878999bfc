import { expect, test } from 'vitest';
import { readNumbers } from '../../src/adapters/supabase-metrics.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { memoryMeter } from '../support/memory-meter.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, takeOne, shown, confirm, aCard } = outboxStage(db);

/** What `/metrics` would show of the database, without zeros. */
async function numbers(): Promise<Record<string, number>> {
  const meter = memoryMeter();
  (await readNumbers(db.database))(meter);
  return Object.fromEntries(
    meter.lines
      .map((line) => /^(.*) (\S+)$/.exec(line)?.slice(1) ?? [])
      .map(([what = '', value]) => [what, Number(value)] as const)
      .filter(([, value]) => value !== 0),
  );
}

/** Moves the history, and what Slack has confirmed, into the past. */
async function ago(interval: string): Promise<void> {
  await db.sql(`
    set session_replication_role = replica;
    update lead_bot.alert_events set at = at - interval '${interval}' where true;
    update lead_bot.messages
       set sends = jsonb_set(sends, '{-1,taken_at}', to_jsonb((sends #>> '{-1,taken_at}')::timestamptz - interval '${interval}'))
     where sends is not null;
    set session_replication_role = origin`);
}

test('an empty database has nothing but its time limit', async () => {
  expect(await numbers()).toEqual({ database_call_limit_seconds: 8 });
});

test('a new card is in the queue until it is shown', async () => {
  await aCard();
  await db.sql(`update lead_bot.messages set created_at = now() - interval '7 minutes'`);
  const waiting = await numbers();
  expect(waiting).toMatchObject({ 'alerts open': 1, 'queue_messages card post': 1 });
  expect(waiting['queue_oldest_seconds card']).toBeGreaterThanOrEqual(420);
  await shown(await takeOne());
  const after = await numbers();
  expect(after).toMatchObject({ 'alerts open': 1 });
  expect(after).not.toHaveProperty('queue_messages card post');
  expect(after).not.toHaveProperty('queue_oldest_seconds card');
});

test('a gesture waits until its card shows it, and the deliverer learns for how long', async () => {
  const alert = await aCard();
  await shown(await takeOne());
  await db.alerts.claim(alert, 'U0ANN');
  await ago('90 seconds');
  const waiting = await numbers();
  expect(waiting).toMatchObject({ 'alerts claimed': 1, 'queue_messages card update': 1 });
  expect(waiting['gesture_waiting_seconds']).toBeGreaterThanOrEqual(90);
  const update = await takeOne();
  expect(update.gestureMs).toBeGreaterThanOrEqual(90_000);
  expect(update.gestureMs).toBeLessThan(120_000);
  await shown(update);
  expect(await numbers()).not.toHaveProperty('gesture_waiting_seconds');
});

test('a refused gesture is not taken for the one before it', async () => {
  const alert = await aCard();
  await shown(await takeOne());
  await db.alerts.claim(alert, 'U0ANN');
  await shown(await takeOne());
  await ago('3 days');
  await db.alerts.claim(alert, 'U0BEN');
  expect(await numbers()).not.toHaveProperty('gesture_waiting_seconds');
  expect((await takeOne()).gestureMs).toBeUndefined();
});

test('a gesture on another lead is not taken for one on this', async () => {
  const alert = await aCard();
  await shown(await takeOne());
  await addLead(db, { domain: 'other.example' });
  await db.poll();
  const [other = ''] = (await db.alertIds()).filter((id) => id !== alert);
  await db.alerts.claim(other, 'U0ANN');
  await db.sql('select lead_bot.touch_alerts(array[$1]::uuid[], true)', [alert]);
  const update = (await take()).find(({ action }) => action === 'update');
  expect(update?.content.kind).toBe('card');
  expect(update?.gestureMs).toBeUndefined();
});

test('an update that nobody waits for has no gesture', async () => {
  const alert = await aCard();
  await shown(await takeOne());
  await db.sql('select lead_bot.touch_alerts(array[$1]::uuid[], false)', [alert]);
  expect((await takeOne()).gestureMs).toBeUndefined();
});

test('each open alert has one state: a hold first, then whether it cools, then how far it is', async () => {
  const states: Readonly<Record<string, string>> = {
    a: `hold = 'snoozed', hold_by = 'U0ANN', held_at = now(), hold_until = now() + interval '1 day', cooling_since = now()`,
    b: `hold = 'not-a-fit', hold_by = 'U0ANN', held_at = now(), hold_until = now() + interval '1 day', hold_reason = 'other'`,
    c: `cooling_since = now()`,
    d: `status = 'claimed', owner = 'U0ANN', claimed_at = now()`,
    e: `status = 'contacted', owner = 'U0ANN', claimed_at = now(), contacted_at = now(), contact_method = 'call'`,
    f: `status = 'open'`,
  };
  for (const name of Object.keys(states)) await addLead(db, { domain: `${name}.example` });
  await db.poll();
  for (const [name, change] of Object.entries(states)) {
    await db.sql(`update lead_bot.alerts set ${change} where account_key = $1`, [
      `${name}.example`,
    ]);
  }
  expect(await numbers()).toMatchObject({
    'alerts snoozed': 1,
    'alerts not-a-fit': 1,
    'alerts cooling': 1,
    'alerts claimed': 1,
    'alerts contacted': 1,
    'alerts open': 1,
  });
});

test('counts due steps and offers, and how late they are', async () => {
  await aCard();
  await db.sql(`
    set session_replication_role = replica;
    update lead_bot.alerts
       set step_due_at = now() - interval '11 minutes', offer_due_at = now() - interval '3 minutes' where true;
    set session_replication_role = origin`);
  const late = await numbers();
  expect(late).toMatchObject({ steps_due: 1, 'offers due': 1 });
  expect(late['steps_late_seconds']).toBeGreaterThanOrEqual(660);
  expect(late['offers_late_seconds']).toBeGreaterThanOrEqual(180);
});

test('counts dead messages, and what Slack refuses altogether', async () => {
  await aCard();
  await confirm(await takeOne(), { kind: 'dead', reason: 'invalid_arguments' });
  await db.sql(
    `insert into lead_bot.channels (channel, pauses, pause_reason) values ('*', 1, 'invalid_auth'), ('C0X', 2, 'is_archived')`,
  );
  const stuck = await numbers();
  expect(stuck).toMatchObject({ 'channels_paused everything': 1, 'channels_paused channels': 1 });
  expect(
    (stuck['messages_dead card'] ?? 0) + (stuck['queue_messages card post'] ?? 0),
  ).toBeGreaterThan(0);
});

test('shows webhooks only while a bot sends them', async () => {
  const shownNames = async () => {
    const meter = memoryMeter();
    (await readNumbers(db.database))(meter);
    return meter.lines.filter((line) => line.startsWith('webhooks'));
  };
  expect(await shownNames()).toEqual([]);
  await db.sql(
    `insert into lead_bot.outcome_endpoints (fingerprint, seen_at) values (repeat('0', 64), now())`,
  );
  await addLead(db);
  await db.poll();
  await db.sql(`update lead_bot.outcomes set at = now() - interval '2 hours' where true`);
  const [waiting, oldest, setAside] = await shownNames();
  expect(waiting).toBe('webhooks_waiting 1');
  expect(Number(oldest?.split(' ')[1])).toBeGreaterThanOrEqual(7_200);
  expect(setAside).toBe('webhooks_set_aside 0');
  await db.sql(
    `update lead_bot.outcome_endpoints set seen_at = now() - interval '4 hours' where true`,
  );
  expect(await shownNames()).toEqual([]);
});
