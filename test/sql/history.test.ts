import { expect, test } from 'vitest';
import { tidy } from '../../src/adapters/supabase-upkeep.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { erase, erasuresLeft } from '../support/erasure.ts';
import { addLead, rescore } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, takeOne, confirm, shown, later } = outboxStage(db);

const TABLES = [
  'alerts',
  'alert_leads',
  'alert_events',
  'messages',
  'message_alerts',
  'crossings',
  'lead_pictures',
  'past_alerts',
  'alert_notes',
  'undos',
  'offers',
] as const;

/** The number of rows in each non-empty table of past data. */
async function kept(): Promise<Record<string, number>> {
  const rows = await db.sql<{ name: string; rows: number }>(
    TABLES.map(
      (name) => `select '${name}' as name, count(*)::int as rows from lead_bot.${name}`,
    ).join(' union all '),
  );
  return Object.fromEntries(rows.flatMap(({ name, rows: n }) => (n > 0 ? [[name, n]] : [])));
}

/** Ages all data, as a superuser, since the history is append-only. */
async function pass(interval: string): Promise<void> {
  await db.age(interval);
  await later(interval);
  await db.sql(`set session_replication_role = replica;
                update lead_bot.alert_events set at = at - interval '${interval}';
                update lead_bot.past_alerts set over_at = over_at - interval '${interval}';
                update lead_bot.lead_pictures set taken_at = taken_at - interval '${interval}';
                set session_replication_role = origin`);
}

/** Delivers until nothing is due. Slack refuses the actions in `refused`. */
async function deliverAll(refused: readonly string[] = []): Promise<string[]> {
  const done: string[] = [];
  for (;;) {
    await later('2 minutes');
    const due = await take();
    if (due.length === 0) return done;
    for (const [n, delivery] of due.entries()) {
      done.push(`${delivery.action} ${delivery.content.kind}`);
      if (refused.includes(delivery.action)) {
        await confirm(delivery, { kind: 'dead', reason: 'cant_do_that' });
      } else if (delivery.action === 'remove') {
        await confirm(delivery, { kind: 'removed' });
      } else {
        await shown(delivery, delivery.address?.ts ?? `30.${done.length}${n}`);
      }
    }
  }
}

/** A contacted alert with a card, a reply and a digest row that has just closed. Returns its id. */
async function aClosedAlert(): Promise<string> {
  const ada = await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await shown(await takeOne(), '10.1');
  const ben = await addLead(db, { name: 'Ben Example' });
  await db.poll();
  await db.sql(`update lead_bot.poll_state set first_poll_at = now() - interval '1 hour'`);
  await db.digests.request('C0DIGEST', '2026-03-02', new Date());
  await db.alerts.claim(id, 'U0ANNA');
  await db.alerts.contact(id, 'U0ANNA', 'email', '');
  for (const lead of [ada, ben]) await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  await deliverAll();
  return id;
}

/** Ages everything by a year and tidies. */
async function aYearLater(): Promise<void> {
  await pass('366 days');
  await db.tidy(365);
}

test('keeps an alert for HISTORY_DAYS, then forgets all of it', async () => {
  await aClosedAlert();
  await aYearLater();
  await deliverAll();
  const before = await kept();
  expect(Object.keys(before)).toEqual([
    'alerts',
    'alert_events',
    'messages',
    'message_alerts',
    'crossings',
    'lead_pictures',
    'alert_notes',
    'undos',
  ]);

  await pass('362 days');
  await db.tidy(365);
  expect(await kept()).toEqual(before);
  await pass('4 days');
  await db.tidy(365);
  expect(await kept()).toEqual({});
});

test('counts HISTORY_DAYS from a contact made after the alert closed', async () => {
  const id = await aClosedAlert();
  await aYearLater();
  await db.alerts.contact(id, 'U0ANNA', 'call', '');
  await deliverAll();
  await pass('400 days');
  await db.tidy(365);
  expect((await db.alerts.find(id))?.alert.status).toBe('contacted');
  await pass('331 days');
  await db.tidy(365);
  expect(await kept()).toEqual({});
});

test('an open alert keeps its card and history, however old', async () => {
  const lead = await addLead(db);
  await db.poll();
  await deliverAll();
  await pass('9000 days');
  await db.tidy(365);
  const before = await kept();
  expect(before).toMatchObject({ alerts: 1, alert_leads: 1, alert_events: 1, messages: 1 });
  await rescore(db, lead, 50);
  await db.poll();
  expect(await take()).toMatchObject([{ action: 'update', content: { kind: 'card' } }]);
});

test('a button of a forgotten alert answers that there is no such alert', async () => {
  const id = await aClosedAlert();
  await aYearLater();
  await deliverAll();
  await pass('366 days');
  await db.tidy(365);
  expect(await db.alerts.claim(id, 'U0ANNA')).toMatchObject({
    ok: false,
    refusal: { why: 'not-found' },
  });
});

test('keeps a notice about people until Slack has removed it', async () => {
  await aClosedAlert();
  await aYearLater();
  await later('1 day');
  const refused = await take();
  for (const delivery of refused) {
    await (delivery.action === 'remove'
      ? confirm(delivery, {
          kind: 'later',
          reason: 'ratelimited',
          afterMs: 0,
          wholeChannel: false,
          counts: false,
        })
      : shown(delivery, delivery.address?.ts));
  }
  await pass('366 days');
  await db.tidy(365);
  expect(await kept()).toEqual({ messages: 1 });
  expect(await deliverAll()).toEqual(['remove nothing']);
  await db.tidy(365);
  expect(await kept()).toEqual({});
});

test('removes a card that was never redrawn without its people along with the alert', async () => {
  await aClosedAlert();
  await aYearLater();
  await pass('366 days');
  await db.tidy(365);
  expect(await kept()).toEqual({ messages: 3 });
  expect((await deliverAll()).sort()).toEqual([
    'remove nothing',
    'remove nothing',
    'remove nothing',
  ]);
  await db.tidy(365);
  expect(await kept()).toEqual({});
});

test('waits a day after scrubbing for the card to be redrawn', async () => {
  await aClosedAlert();
  await pass('800 days');
  await db.tidy(365);
  expect((await deliverAll()).sort()).toEqual(
    ['remove nothing', 'update card', 'remove nothing'].sort(),
  );
  await pass('2 days');
  await db.tidy(365);
  expect(await kept()).toEqual({});
});

test('forgets an old list, and removes it from Slack if it still names hot leads', async () => {
  await addLead(db);
  await db.poll();
  await db.sql(`update lead_bot.poll_state set first_poll_at = now() - interval '1 hour'`);
  for (const date of ['2026-03-02', '2026-03-03']) {
    await db.digests.request('C0DIGEST', date, new Date());
    await deliverAll();
  }
  await db.sql(
    `delete from lead_bot.message_alerts s using lead_bot.messages m
      where m.id = s.message_id and m.dedupe_key = 'digest:C0DIGEST:2026-03-02'`,
  );
  await later('731 days');
  await db.tidy(365);
  expect(await db.sql('select kind, removal from lead_bot.messages order by kind')).toEqual([
    { kind: 'card', removal: null },
    { kind: 'digest', removal: 'expired' },
  ]);
  expect(await deliverAll()).toEqual(['remove nothing']);
});

test('keeps listing erased messages that Slack refuses to remove', async () => {
  await addLead(db, { email: 'ada@acme.example' });
  await db.poll();
  await shown(await takeOne());
  await erase(db, 'ada@acme.example');
  await deliverAll(['remove']);
  await pass('9000 days');
  await db.tidy(365);
  expect(await erasuresLeft(db)).toMatchObject([{ channel: CHANNEL, kind: 'card', refused: true }]);
});

test('keeps the history of an erased alert for HISTORY_DAYS', async () => {
  await addLead(db, { email: 'ada@acme.example' });
  await db.poll();
  await erase(db, 'ada@acme.example');
  await pass('729 days');
  await db.tidy(365);
  expect(await kept()).toEqual({ alert_events: 2, messages: 1, past_alerts: 1 });
  await pass('2 days');
  await db.tidy(365);
  expect(await kept()).toEqual({});
});

/** Inserts scrubbed alerts, closed two years ago, with this many events each. */
const pastAlerts = (alerts: number, lines: number) =>
  db.sql(`with past as (
            insert into lead_bot.alerts (account_key, status, opened_at, closed_at, scrubbed_at)
            select 'c' || n || '.example', 'cooled', now() - interval '900 days', now() - interval '800 days',
                   now() - interval '400 days'
              from generate_series(1, ${alerts}) n
            returning id
          )
          insert into lead_bot.alert_events (alert_id, at, kind, to_status)
          select past.id, now() - interval '801 days', 'returned', 'open'
            from past, generate_series(1, ${lines})`);

test('forgets fifty alerts a step, and a thousand events', async () => {
  await pastAlerts(80, 24);
  const steps: Record<string, number>[] = [];
  do steps.push(await kept());
  while (await tidy(db.database, 365, 730));
  expect(steps).toEqual([
    { alerts: 80, alert_events: 1920 },
    { alerts: 30, alert_events: 1920, past_alerts: 50 },
    { alert_events: 920, past_alerts: 39 },
  ]);
  expect(await kept()).toEqual({});
});

test('forgets a very long history in steps', async () => {
  await pastAlerts(1, 2500);
  const lines: (number | undefined)[] = [];
  do lines.push((await kept())['alert_events']);
  while (await tidy(db.database, 365, 730));
  expect(lines).toEqual([2500, 1500, 500]);
  expect(await kept()).toEqual({});
});

test('forgets crossings and pictures after HISTORY_DAYS, in steps', async () => {
  await db.sql(
    `insert into lead_bot.crossings (developer_id, at)
     select gen_random_uuid(), now() - interval '1 day' * n from generate_series(1, 3000) n`,
  );
  await db.sql(
    `insert into lead_bot.lead_pictures (developer_id, taken_at, picture)
     select gen_random_uuid(), now() - interval '1 day' * n, '{}' from generate_series(1, 5000) n`,
  );
  expect(await tidy(db.database, 365, 730)).toBe(true);
  expect(await kept()).toEqual({ crossings: 1000, lead_pictures: 3000 });
  await db.tidy(365);
  expect(await kept()).toEqual({ crossings: 729, lead_pictures: 729 });
});

test('a bot without HISTORY_DAYS keeps tidying and forgets nothing', async () => {
  await pastAlerts(1, 1);
  const [row] = await db.sql('select public.lead_bot_tidy(p_retention_days => 365) as answer');
  expect(row).toEqual({ answer: { more: false } });
  expect(await kept()).toEqual({ alerts: 1, alert_events: 1 });
});

test("a second bot's tidying is a no-op while the first one runs", async () => {
  await pastAlerts(1, 1);
  await db.sql('begin');
  try {
    await db.sql(`select pg_advisory_xact_lock(hashtextextended('lead_bot.tidy', 0))`);
    expect(await tidy(db.database, 365, 730)).toBe(false);
  } finally {
    await db.sql('rollback');
  }
  expect(await kept()).toEqual({ alerts: 1, alert_events: 1 });
});
