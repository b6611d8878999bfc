import { expect, test } from 'vitest';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import { botDatabase, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';

/** Adds a hot lead with its alert and card. Returns the lead's id. */
async function aHotLead(): Promise<string> {
  await db.poll();
  const id = await addLead(db);
  await db.poll();
  return id;
}

const messages = () =>
  db.sql<{ kind: string; wanted_version: number }>(
    'select kind, wanted_version from lead_bot.messages order by created_at',
  );
const events = async (id: string) => (await alerts.find(id))?.events.map((event) => event.kind);

/** Without the trigger, a lead must be missing in two sweeps. */
async function twoSweeps() {
  expect(await db.sweep()).toBeNull();
  await db.age('1 minute');
  return db.sweep();
}

/** The lead's alert closes as cooled, and a new one opens. */
async function coolAndReturn(lead: string): Promise<void> {
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  await rescore(db, lead, 88);
  await db.poll();
}

test('an alert cools first when its lead leaves hot', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 79);
  expect(await db.poll()).toMatchObject({ left: 1, cooled: 0 });
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture?.alert).toMatchObject({
    status: 'open',
    closedAt: null,
    coolingSince: expect.any(Date),
  });
  expect(picture?.account.leads[0]?.leftAt).toEqual(picture?.alert.coolingSince);
});

test('a lead that returns within the re-arm time continues the same alert and card', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('23 hours');
  await rescore(db, lead, 85);
  expect(await db.poll()).toMatchObject({ opened: 0, returned: 1, cooled: 0 });
  const id = await db.onlyAlert();
  expect((await alerts.find(id))?.alert).toMatchObject({ status: 'open', coolingSince: null });
  expect(await events(id)).toEqual(['opened', 'left', 'returned']);
  expect(await messages()).toMatchObject([{ kind: 'card' }]);
});

test("drops a card that wasn't posted before its lead cooled", async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('25 hours');
  expect(await db.poll()).toMatchObject({ cooled: 1 });
  expect((await db.outbox.take(5, 60_000)).deliveries).toEqual([]);
});

test('drops a notice in the thread of such a card too', async () => {
  const lead = await aHotLead();
  const colleague = await addLead(db, { name: 'Grace' });
  await db.poll();
  for (const one of [lead, colleague]) await rescore(db, one, 79);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  expect(await db.outbox.take(5, 60_000)).toMatchObject({ deliveries: [], nextDueMs: null });
  expect(await readHealth(db.database)).toMatchObject({ waiting: 0 });
});

test("a colleague who can't enter keeps no alert open", async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('20 hours');
  await addLead(db, { name: 'Grace' });
  await db.age('5 hours');
  const { marks } = await db.polls.changes(POLICY);
  await db.polls.record({ entries: [], rollupReason: 'storm', unfinished: false, marks }, POLICY);
  expect(await db.polls.follow(POLICY)).toMatchObject({ cooled: 1 });
});

test.each([
  ['a colleague', 'acme.example', 0],
  ['a lead of another company', 'other.example', 1],
])(
  '%s who turned hot in time and waits to enter decides whether an alert stays open',
  async (_, domain, cooled) => {
    const lead = await aHotLead();
    await rescore(db, lead, 79);
    await db.poll();
    await db.age('20 hours');
    await addLead(db, { domain });
    await db.age('5 hours');
    expect(await db.polls.follow(POLICY)).toMatchObject({ cooled });
  },
);

test('a colleague who turned hot in time during an outage keeps the alert and its claim', async () => {
  const lead = await aHotLead();
  await alerts.claim(await db.onlyAlert(), ANNA);
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('20 hours');
  await addLead(db, { name: 'Grace' });
  await db.age('5 hours');
  expect(await db.poll()).toMatchObject({ joined: 1, cooled: 0, opened: 0 });
  expect((await alerts.find(await db.onlyAlert()))?.alert).toMatchObject({
    status: 'claimed',
    owner: ANNA,
    coolingSince: null,
  });
});

test('closes an alert as cooled after the re-arm time, and redraws its card', async () => {
  const lead = await aHotLead();
  await db.sql(`update lead_bot.messages
                   set state = 'posted', slack_channel = channel, slack_ts = '1.1', shown_version = 1`);
  await rescore(db, lead, 79);
  await db.poll();
  const [before] = await messages();
  await db.age('25 hours');
  expect(await db.poll()).toMatchObject({ cooled: 1 });
  const id = await db.onlyAlert();
  expect((await alerts.find(id))?.alert).toMatchObject({
    status: 'cooled',
    closedAt: expect.any(Date),
  });
  expect(await events(id)).toEqual(['opened', 'left', 'cooled']);
  const [after] = await messages();
  expect(after?.wanted_version).toBeGreaterThan(before?.wanted_version ?? 0);
  expect(await db.poll()).toBeNull();
});

test('an alert that closes as cooled leaves the one of a hot lead open', async () => {
  const lead = await aHotLead();
  await addLead(db, { domain: 'hot.example' });
  await db.poll();
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('25 hours');
  expect(await db.poll()).toMatchObject({ cooled: 1 });
  const open = await db.sql('select account_key from lead_bot.alerts where closed_at is null');
  expect(open).toEqual([{ account_key: 'hot.example' }]);
});

test('turning hot again opens a new alert whose card shows the previous one', async () => {
  const lead = await aHotLead();
  const first = await db.onlyAlert();
  await alerts.claim(first, ANNA);
  await alerts.contact(first, ANNA, 'email', '');
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  await rescore(db, lead, 88);
  expect(await db.poll()).toMatchObject({ opened: 1 });

  const [, second] = await db.alertIds();
  const picture = await alerts.find(second ?? '');
  expect(picture).toMatchObject({
    alert: { status: 'open', owner: null },
    past: {
      status: 'contacted',
      owner: ANNA,
      contactedAt: expect.any(Date),
      closedAt: expect.any(Date),
    },
  });
  expect((await messages()).map((message) => message.kind)).toEqual(['card', 'card']);
  expect((await alerts.find(first))?.alert.status).toBe('contacted');
});

test('a lead that was in two alerts has left only the first one', async () => {
  const lead = await aHotLead();
  const first = await db.onlyAlert();
  await coolAndReturn(lead);
  const [, second] = await db.alertIds();
  const leadIn = async (id: string) => (await alerts.find(id))?.account.leads[0];
  expect(await leadIn(first)).toMatchObject({ leftAt: expect.any(Date) });
  expect(await leadIn(second ?? '')).toMatchObject({ leftAt: null });
});

test('a card shows the latest past alert of its own company, never of another', async () => {
  const acme = await aHotLead();
  const other = await addLead(db, { domain: 'other.example', company: 'Other' });
  const openAlertOf = async (account: string) => {
    const [open] = await db.sql<{ id: string }>(
      'select id from lead_bot.alerts where account_key = $1 and closed_at is null',
      [account],
    );
    return open?.id ?? '';
  };
  const pastOf = async (account: string) => (await alerts.find(await openAlertOf(account)))?.past;
  await db.poll();
  const first = await openAlertOf('acme.example');
  await alerts.claim(first, ANNA);
  await alerts.contact(first, ANNA, 'email', '');
  await coolAndReturn(acme);
  await addLead(db, { domain: 'fresh.example', company: 'Fresh' });
  await db.poll();
  expect(await pastOf('fresh.example')).toBeNull();
  await coolAndReturn(other);
  expect(await pastOf('acme.example')).toMatchObject({ owner: ANNA });
  expect(await pastOf('other.example')).toMatchObject({ owner: null });

  await coolAndReturn(acme);
  expect(await pastOf('acme.example')).toMatchObject({ owner: null });
});

test('an alert stays open while one of its developers is hot', async () => {
  const ada = await aHotLead();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await rescore(db, ada, 50);
  expect(await db.poll()).toMatchObject({ left: 1 });
  await db.age('3 days');
  expect(await db.poll()).toBeNull();
  expect((await alerts.find(await db.onlyAlert()))?.alert.coolingSince).toBeNull();
});

test('the re-arm time starts when the last developer left', async () => {
  const ada = await aHotLead();
  const grace = await addLead(db, { name: 'Grace' });
  await db.poll();
  await rescore(db, ada, 50);
  await db.poll();
  await db.age('20 hours');
  await rescore(db, grace, 50);
  await db.poll();
  await db.age('20 hours');
  expect(await db.poll()).toBeNull();
  await db.age('5 hours');
  expect(await db.poll()).toMatchObject({ cooled: 1 });
});

test('a colleague who turns hot ends the cooling', async () => {
  const ada = await aHotLead();
  await rescore(db, ada, 50);
  await db.poll();
  await db.age('20 hours');
  await addLead(db, { name: 'Grace' });
  expect(await db.poll()).toMatchObject({ opened: 0, joined: 1 });
  await db.age('20 hours');
  expect(await db.poll()).toBeNull();
  expect((await alerts.find(await db.onlyAlert()))?.alert.coolingSince).toBeNull();
});

test('a lead that returned in time during an outage keeps its alert', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('10 hours');
  await rescore(db, lead, 90);
  await db.age('30 hours');
  expect(await db.poll()).toMatchObject({ opened: 0, returned: 1, cooled: 0 });
  const id = await db.onlyAlert();
  expect((await alerts.find(id))?.alert).toMatchObject({ status: 'open', coolingSince: null });
});

test('a lead that returned too late during an outage gets a new alert and card', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  await rescore(db, lead, 90);
  expect(await db.poll()).toMatchObject({ cooled: 1 });
  expect(await db.poll()).toMatchObject({ opened: 1 });
  expect((await messages()).map((message) => message.kind)).toEqual(['card', 'card']);
});

test('a colleague who turned hot too late during an outage gets a new alert and card', async () => {
  const ada = await aHotLead();
  await rescore(db, ada, 50);
  await db.poll();
  await db.age('30 hours');
  await addLead(db, { name: 'Grace' });
  expect(await db.poll()).toMatchObject({ cooled: 1, opened: 1 });
  expect((await messages()).map((message) => message.kind)).toEqual(['card', 'card']);
});

test('a deleted developer has left', async () => {
  const lead = await aHotLead();
  await addLead(db, { domain: 'other.example', score: 50 });
  await db.sql('delete from public.developer_signups where id = $1', [lead]);
  expect(await twoSweeps()).toMatchObject({ left: 1 });
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture).toMatchObject({ account: { name: 'Acme', leads: [] } });
  expect(picture?.alert.coolingSince).not.toBeNull();
});

test('a second sweep that follows too soon believes no leave', async () => {
  const lead = await aHotLead();
  await addLead(db, { domain: 'other.example', score: 50 });
  await db.sql('delete from public.developer_signups where id = $1', [lead]);
  expect(await db.polls.sweep()).toMatchObject({ missing: 1, believed: 0 });
  await db.age('45 seconds');
  expect(await db.polls.sweep()).toMatchObject({ missing: 1, believed: 0 });
  await db.age('6 seconds');
  expect(await db.polls.sweep()).toMatchObject({ missing: 0, believed: 1 });
});

test('two concurrent polls record a leave once', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 50);
  await Promise.all([db.poll(), db.poll()]);
  expect(await events(await db.onlyAlert())).toEqual(['opened', 'left']);
});

test('a developer whose address turns personal has left', async () => {
  const lead = await aHotLead();
  await db.sql(`update public.developer_signups set email = 'ada@gmail.com' where id = $1`, [lead]);
  expect(await twoSweeps()).toMatchObject({ left: 1 });
});
