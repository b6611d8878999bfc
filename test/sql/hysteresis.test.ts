import { expect, test } from 'vitest';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import { botDatabase, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';

/** A hot lead with its alert and card: the lead's id. */
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

/** What the trigger does not see has to be missing at two sweeps. */
async function twoSweeps() {
  expect(await db.sweep()).toBeNull();
  await db.age('1 minute');
  return db.sweep();
}

test('a lead that leaves hot is not believed at once: the alert cools', async () => {
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

test('a lead that is back within the re-arm time goes on in the same alert and card', async () => {
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

test('a card that could not be posted before its lead cooled is not posted any more', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 79);
  await db.poll();
  await db.age('25 hours');
  expect(await db.poll()).toMatchObject({ cooled: 1 });
  expect((await db.outbox.take(5, 60_000)).deliveries).toEqual([]);
});

test('nor is a note about a colleague in the thread of such a card', async () => {
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

test('a colleague who can not enter keeps no alert', async () => {
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

test('a colleague who turned hot in time while nobody polled keeps the alert and its claim', async () => {
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

test('an alert out of hot for the re-arm time is closed as cooled, and its card drawn again', async () => {
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

test('heat after that is a new alert with a card that says what happened last time', async () => {
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

test('an account stays warm-handed while one of its developers is hot', async () => {
  const ada = await aHotLead();
  await addLead(db, { name: 'Grace' });
  await db.poll();
  await rescore(db, ada, 50);
  expect(await db.poll()).toMatchObject({ left: 1 });
  await db.age('3 days');
  expect(await db.poll()).toBeNull();
  expect((await alerts.find(await db.onlyAlert()))?.alert.coolingSince).toBeNull();
});

test('the account cools from when its last developer left', async () => {
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

test('a lead that came back in time while nobody polled keeps its alert', async () => {
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

test('a lead that came back too late while nobody polled gets a new alert with a card', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  await rescore(db, lead, 90);
  expect(await db.poll()).toMatchObject({ cooled: 1 });
  expect(await db.poll()).toMatchObject({ opened: 1 });
  expect((await messages()).map((message) => message.kind)).toEqual(['card', 'card']);
});

test('a colleague who turns hot after the re-arm time, while nobody polled, gets a card of the new alert', async () => {
  const ada = await aHotLead();
  await rescore(db, ada, 50);
  await db.poll();
  await db.age('30 hours');
  await addLead(db, { name: 'Grace' });
  expect(await db.poll()).toMatchObject({ cooled: 1, opened: 1 });
  expect((await messages()).map((message) => message.kind)).toEqual(['card', 'card']);
});

test('a developer who was deleted has left', async () => {
  const lead = await aHotLead();
  await addLead(db, { domain: 'other.example', score: 50 });
  await db.sql('delete from public.developer_signups where id = $1', [lead]);
  expect(await twoSweeps()).toMatchObject({ left: 1 });
  const picture = await alerts.find(await db.onlyAlert());
  expect(picture).toMatchObject({ account: { name: 'Acme', leads: [] } });
  expect(picture?.alert.coolingSince).not.toBeNull();
});

test('two polls at once note a leave once', async () => {
  const lead = await aHotLead();
  await rescore(db, lead, 50);
  await Promise.all([db.poll(), db.poll()]);
  expect(await events(await db.onlyAlert())).toEqual(['opened', 'left']);
});

test('a developer whose address turns out to be personal has left', async () => {
  const lead = await aHotLead();
  await db.sql(`update public.developer_signups set email = 'ada@gmail.com' where id = $1`, [lead]);
  expect(await twoSweeps()).toMatchObject({ left: 1 });
});
