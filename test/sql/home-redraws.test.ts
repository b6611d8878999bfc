import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseAbsences } from '../../src/adapters/supabase-absences.ts';
import { supabaseHomes } from '../../src/adapters/supabase-homes.ts';
import { supabaseDirectSettings } from '../../src/adapters/supabase-steps.ts';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import type { Delivery, Outcome } from '../../src/core/message.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { erase, erasuresLeft } from '../support/erasure.ts';
import { addLead, alertOf, rescore } from '../support/leads.ts';
import { LEASE_MS, outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { alerts, outbox } = db;
const { take, takeOne, confirm, shown, later } = outboxStage(db);
const homes = supabaseHomes(db.database);
const settings = supabaseDirectSettings(db.database);
const absences = supabaseAbsences(db.database);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const CARLA = 'U0CARLA';

const isHome = ({ content }: Delivery) => content.kind === 'home';
const readers = (deliveries: readonly Delivery[]) =>
  deliveries.filter(isHome).map(({ address }) => address?.channel);
const published = (delivery: Delivery, part: Partial<Extract<Outcome, { kind: 'shown' }>> = {}) =>
  confirm(delivery, {
    kind: 'shown',
    version: delivery.version,
    address: { channel: delivery.address?.channel ?? '', ts: 'home' },
    hash: 'h',
    sent: true,
    ...part,
  });

const limited = (afterMs: number): Outcome => ({
  kind: 'later',
  reason: 'ratelimited',
  afterMs,
  wholeChannel: true,
  counts: false,
});

/** Seconds until a Home tab is drawn; null if it needn't be. Nobody can tell on which side of a second it is. */
async function dueIn(user: string): Promise<number | null> {
  const [row] = await db.sql<{ seconds: number | null }>(
    `select round(extract(epoch from due_at - now()))::float8 as seconds from lead_bot.messages where dedupe_key = $1`,
    [`home:${user}`],
  );
  return row?.seconds ?? null;
}
const set = (columns: string) =>
  db.sql(`update lead_bot.messages set ${columns} where kind = 'home'`);

/** Home tabs that show what there is, opened an hour ago. */
async function open(...users: string[]): Promise<void> {
  for (const user of users) await homes.open(user);
  for (const delivery of await take()) await (isHome(delivery) ? published : shown)(delivery);
  await set(`shown_version = wanted_version, looked_at = now() - interval '1 hour',
             posted_at = now() - interval '1 hour', next_try_at = now() - interval '1 hour'`);
}

/** A hot lead whose card is posted. */
async function aLead(domain = 'acme.example'): Promise<{ alert: string; lead: string }> {
  const lead = await addLead(db, { domain, company: domain });
  await db.poll();
  const alert = await alertOf(db, domain);
  for (const card of await take()) await shown(card, `1.${domain.length}`);
  return { alert, lead };
}

test('a Home tab that is opened is drawn at once, whatever Slack shows', async () => {
  await homes.open(ANNA, { mine: 10, unclaimed: 0 });
  const first = await takeOne();
  expect(first).toMatchObject({
    action: 'update',
    channel: 'home',
    address: { channel: ANNA, ts: 'home' },
    content: { kind: 'home', user: ANNA, pages: { mine: 10, unclaimed: 0 }, isIdle: false },
  });
  await published(first);
  await homes.open(ANNA);
  expect(await takeOne()).toMatchObject({
    shownHash: null,
    content: { pages: { mine: 0, unclaimed: 0 } },
  });
});

test('it is drawn once more a moment later, for what was being changed while it was opened', async () => {
  await homes.open(ANNA);
  await published(await takeOne());
  expect(
    await db.sql(
      `select due_at - looked_at = interval '5 seconds' as later from lead_bot.messages where kind = 'home'`,
    ),
  ).toEqual([{ later: true }]);
  await later('5 seconds');
  await set(`looked_at = looked_at - interval '5 seconds'`);
  const again = await takeOne();
  expect(again).toMatchObject({ shownHash: 'h' });
  await published(again, { sent: false });
  expect(await dueIn(ANNA)).toBeNull();
});

test('a gesture redraws the Home tab of its maker at once, and the others a while later', async () => {
  const { alert } = await aLead();
  await open(ANNA, BEN);
  await alerts.claim(alert, ANNA);
  expect([await dueIn(ANNA), await dueIn(BEN)]).toEqual([0, 10]);
  expect(readers(await take())).toEqual([ANNA]);
});

test('a lead that is handed over redraws the Home tabs of both', async () => {
  const { alert } = await aLead();
  await alerts.claim(alert, ANNA);
  await open(ANNA, BEN, CARLA);
  await alerts.handOver(alert, ANNA, BEN, '');
  expect([await dueIn(ANNA), await dueIn(BEN), await dueIn(CARLA)]).toEqual([0, 0, 10]);
});

test('a new score redraws the Home tab of the owner soon, and the others within a minute', async () => {
  const { alert, lead } = await aLead();
  await alerts.claim(alert, ANNA);
  await db
    .sql(`update lead_bot.alert_events set at = now() - interval '2 minutes'`)
    .catch(() => {});
  await open(ANNA, BEN);
  await rescore(db, lead, 95);
  await db.poll();
  expect([await dueIn(ANNA), await dueIn(BEN)]).toEqual([10, 60]);
});

test('a poll without news about an alert redraws no Home tab, one with a new alert redraws all', async () => {
  const lead = await addLead(db, { domain: 'warm.example', score: 61 });
  await db.poll();
  await open(ANNA);
  await rescore(db, lead, 62);
  await db.poll();
  await db.sweep();
  expect(await dueIn(ANNA)).toBeNull();
  await rescore(db, lead, 90);
  await db.poll();
  expect(await dueIn(ANNA)).toBe(60);
});

test('changes that come together are drawn once', async () => {
  const { alert, lead } = await aLead();
  await open(ANNA, BEN);
  await rescore(db, lead, 95);
  await db.poll();
  const versions = () => db.sql(`select wanted_version from lead_bot.messages where kind = 'home'`);
  const before = await versions();
  await rescore(db, lead, 90);
  await db.poll();
  expect(await versions()).toEqual(before);
  await alerts.claim(alert, ANNA);
  expect([await dueIn(ANNA), await dueIn(BEN)]).toEqual([0, 10]);
});

test('nobody who has not looked for a day is drawn anything', async () => {
  const { alert } = await aLead();
  await open(ANNA);
  await set(`looked_at = now() - interval '25 hours'`);
  await alerts.claim(alert, BEN);
  expect(await dueIn(ANNA)).toBeNull();
});

test('whoever presses a button in a tab that is open since yesterday sees what it did', async () => {
  const { alert } = await aLead();
  await open(ANNA, BEN);
  await set(`looked_at = now() - interval '25 hours'`);
  await alerts.claim(alert, ANNA);
  expect([await dueIn(ANNA), await dueIn(BEN)]).toEqual([0, null]);
});

test('what changes while a Home tab is being drawn is drawn afterwards', async () => {
  const { alert } = await aLead();
  await open(ANNA, BEN);
  await homes.open(BEN);
  const drawing = await takeOne();
  await set(`looked_at = now() - interval '1 minute'`);
  await alerts.claim(alert, ANNA);
  await published(drawing);
  expect(await dueIn(BEN)).toBe(2);
});

test('a Home tab is not redrawn twice within half a second', async () => {
  const { alert } = await aLead();
  await open(ANNA);
  await alerts.claim(alert, ANNA);
  await published((await take()).filter(isHome)[0] ?? expect.fail('it was not drawn'));
  await alerts.release(alert, ANNA);
  const [row] = await db.sql<{ seconds: number }>(
    `select extract(epoch from due_at - posted_at)::float8 as seconds from lead_bot.messages where dedupe_key = $1`,
    [`home:${ANNA}`],
  );
  expect(row?.seconds).toBe(0.5);
});

test('one that shows the newest of two gestures is drawn again when that can no longer be undone', async () => {
  const [older, newer] = [await aLead(), await aLead('beta.example')];
  await open(ANNA);
  await alerts.claim(older.alert, ANNA);
  await db.sql(`update lead_bot.undos set at = now() - interval '9 minutes'`);
  await alerts.claim(newer.alert, ANNA);
  await db.sql(`update lead_bot.undos set at = now() - interval '4 minutes' where alert_id = $1`, [
    newer.alert,
  ]);
  await published((await take()).filter(isHome)[0] ?? expect.fail('it was not drawn'));
  expect(await dueIn(ANNA)).toBe(360);
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

test.each<[string, (alert: string) => Promise<unknown>, number]>([
  [
    'a lead is late',
    async () => {
      await db.sql(`update lead_bot.alerts set due_at = now() + interval '20 minutes'`);
    },
    1200,
  ],
  [
    'a lead is to be tried again',
    async (alert) => {
      await alerts.contact(alert, ANNA, 'call', '');
      await alerts.outcome(alert, ANNA, 'not-now', inMinutes(30), '');
      await db.sql('delete from lead_bot.undos where true');
    },
    1800,
  ],
  ['its reader is back', () => absences.set(ANNA, inMinutes(40), null), 2400],
  [
    'the colleague is back who was just handed a lead',
    async (alert) => {
      await alerts.handOver(alert, ANNA, BEN, '');
      await absences.set(BEN, inMinutes(5), null);
    },
    300,
  ],
])('one that is drawn before is drawn again when %s', async (_, happens, seconds) => {
  const { alert } = await aLead();
  await alerts.claim(alert, ANNA);
  await db.sql('delete from lead_bot.undos where true');
  await happens(alert);
  await open(ANNA);
  await homes.open(ANNA);
  await set(`looked_at = now() - interval '1 minute'`);
  await published((await take()).filter(isHome)[0] ?? expect.fail('it was not drawn'));
  expect(Math.abs(((await dueIn(ANNA)) ?? 0) - seconds)).toBeLessThanOrEqual(2);
});

test('whoever has just handed someone a lead sees when they go away', async () => {
  const { alert } = await aLead();
  await alerts.claim(alert, ANNA);
  await alerts.handOver(alert, ANNA, BEN, '');
  await open(ANNA, CARLA);
  await absences.set(BEN, inMinutes(60), null);
  expect(readers(await take())).toEqual([ANNA]);
});

test('those that nobody waits for are drawn one a second', async () => {
  const { lead } = await aLead();
  await open(ANNA, BEN);
  await rescore(db, lead, 95);
  await db.poll();
  await later('61 seconds');
  expect(readers(await take())).toHaveLength(1);
  const next = await outbox.take(10, LEASE_MS);
  expect(readers(next.deliveries)).toEqual([]);
  expect(next.nextDueMs).toBeGreaterThan(500);
  await later('1 second');
  expect(readers(await take())).toHaveLength(1);
});

test('a Home tab that waits for its second takes no place from a list that has changed', async () => {
  const { lead } = await aLead();
  await open(ANNA, BEN);
  await rescore(db, lead, 95);
  await db.poll();
  await later('61 seconds');
  expect(readers(await take())).toHaveLength(1);
  await db.sql(`update lead_bot.channels set next_post_at = now() + interval '1 minute'`);
  await db.sql(
    `insert into lead_bot.messages (kind, channel, dedupe_key, payload, state, slack_channel, slack_ts)
     values ('rollup', $1, 'list', '{"reason": "storm", "made_at": "2026-03-02T09:00:00Z", "total": 0}', 'posted', $1, '1.2')`,
    [CHANNEL],
  );
  expect(await take(1)).toMatchObject([{ action: 'update', content: { kind: 'rollup' } }]);
});

test.each<[string, Outcome]>([
  ['dead', { kind: 'dead', reason: 'not_enabled' }],
  ['paused', { kind: 'pause', reason: 'user_not_found', everything: false }],
  ['gone', { kind: 'gone', reason: 'message_not_found' }],
  ['frozen', { kind: 'frozen', reason: 'edit_window_closed' }],
])(
  'a Home tab that Slack refuses (%s) waits for an hour, and nothing else does',
  async (_, outcome) => {
    const { alert } = await aLead();
    await open(ANNA, BEN);
    await homes.open(ANNA);
    await confirm(await takeOne(), outcome);
    await alerts.claim(alert, ANNA);
    expect([await dueIn(ANNA), await dueIn(BEN)]).toEqual([3600, 10]);
    expect((await readHealth(db.database)).paused).toEqual([]);
    await homes.open(ANNA);
    expect(await dueIn(ANNA)).toBe(0);
  },
);

test("Slack's limit for Home tabs doesn't hold back cards, nor the other way around", async () => {
  const { alert } = await aLead();
  await open(ANNA, BEN);
  await homes.open(BEN);
  await confirm(await takeOne(), limited(30_000));
  await alerts.claim(alert, ANNA);
  const [card, ...others] = await take();
  expect([card?.content.kind, others]).toEqual(['card', []]);
  if (card) await confirm(card, limited(60_000));
  await later('30 seconds');
  expect(readers(await take()).sort()).toEqual([ANNA, BEN]);
});

test('Home tabs are left to bots that can draw them', async () => {
  await homes.open(ANNA);
  const answer = z.object({ work: z.array(z.unknown()), next_due_ms: z.number().nullable() });
  const older = { p_limit: 10, p_lease_seconds: 60 };
  expect(await db.database.call('lead_bot_take', older, answer)).toEqual({
    work: [],
    next_due_ms: null,
  });
});

test('Home tabs that wait are no backlog', async () => {
  await homes.open(ANNA);
  expect(await readHealth(db.database)).toMatchObject({ waiting: 0, oldestWaitingSeconds: 0 });
});

test('whoever changes a setting sees it on the Home tab', async () => {
  await open(ANNA, BEN);
  await settings.mute(ANNA, 'morning', true);
  expect([await dueIn(ANNA), await dueIn(BEN)]).toEqual([0, null]);
  await open(ANNA, BEN);
  await db.sql(`select public.lead_bot_set_away($1, now() + interval '1 day', null)`, [ANNA]);
  expect([await dueIn(ANNA), await dueIn(BEN)]).toEqual([0, null]);
});

test('a report of a lease that is over has it drawn again, and searched for nowhere', async () => {
  await homes.open(ANNA);
  const crashed = await takeOne();
  await later('2 minutes');
  await published(await takeOne(), { hash: 'newer' });
  expect(await published(crashed)).toBe(false);
  await later('2 minutes');
  expect(await takeOne()).toMatchObject({ action: 'update', shownHash: null });
});

test('an erasure redraws every Home tab that may show the lead, and says which are left', async () => {
  await aLead();
  await open(ANNA, BEN, CARLA);
  await set(`looked_at = now() - interval '6 days'`);
  await erase(db, 'acme.example');
  expect(await erasuresLeft(db)).toContainEqual(
    expect.objectContaining({ channel: ANNA, kind: 'home', refused: false }),
  );
  const due = (await take()).filter(isHome);
  expect(readers(due).sort()).toEqual([ANNA, BEN, CARLA]);
  for (const home of due) {
    const reader = home.address?.channel;
    if (reader === ANNA) await published(home);
    if (reader === BEN) await confirm(home, { kind: 'dead', reason: 'not_enabled' });
    if (reader === CARLA) await confirm(home, limited(30_000));
  }
  expect((await erasuresLeft(db)).filter(({ kind }) => kind === 'home')).toMatchObject([
    { channel: BEN, refused: true, reason: 'not_enabled' },
    { channel: CARLA, refused: false, reason: 'ratelimited' },
  ]);
});

test('what is scrubbed leaves the Home tabs that may still show it', async () => {
  const { alert } = await aLead();
  await open(ANNA);
  await set(`looked_at = now() - interval '6 days'`);
  await db.sql(
    `update lead_bot.alerts set status = 'cooled', closed_at = now() - interval '400 days' where id = $1`,
    [alert],
  );
  await db.tidy(365);
  expect(readers(await take())).toEqual([ANNA]);
});

test('after a week without a look it is drawn once without leads, and forgotten after 90 days', async () => {
  await open(ANNA);
  await set(`looked_at = now() - interval '8 days'`);
  await db.tidy(365);
  const idle = await takeOne();
  expect(idle).toMatchObject({ content: { kind: 'home', user: ANNA, isIdle: true } });
  await published(idle);
  await db.tidy(365);
  expect(await dueIn(ANNA)).toBeNull();
  await set(`looked_at = now() - interval '91 days'`);
  await db.tidy(365);
  expect(await db.sql(`select from lead_bot.messages where kind = 'home'`)).toEqual([]);
});

test('opened again, it shows leads again', async () => {
  await open(ANNA);
  await set(`looked_at = now() - interval '8 days'`);
  await db.tidy(365);
  await homes.open(ANNA);
  expect(await takeOne()).toMatchObject({ content: { isIdle: false } });
});
