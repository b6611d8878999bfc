import { expect, test } from 'vitest';
import type { GestureResult } from '../../src/core/alert.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const HOUR_MS = 3_600_000;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** Polls a hot lead. Returns its alert's id. */
async function anAlert(): Promise<string> {
  await addLead(db);
  await db.poll();
  return db.onlyAlert();
}

/** Cools the alert for the whole re-arm time. */
async function cool(): Promise<void> {
  const [lead] = await db.sql<{ developer_id: string }>(
    'select developer_id from lead_bot.alert_leads',
  );
  await rescore(db, lead?.developer_id ?? '', 50);
  await db.poll();
  await db.age('25 hours');
  expect(await db.poll()).toMatchObject({ cooled: 1 });
}

const why = (result: GestureResult) => (result.ok ? 'ok' : result.refusal.why);
const statusOf = async (id: string) => (await alerts.find(id))?.alert.status;

const cardOf = (id: string) =>
  db.sql<{ wanted_version: number; urgent: boolean }>(
    `select wanted_version, urgent from lead_bot.messages where alert_id = $1 and kind = 'card'`,
    [id],
  );

const history = (id: string) =>
  db.sql(
    `select kind, actor, detail, from_status, to_status from lead_bot.alert_events
      where alert_id = $1 order by id`,
    [id],
  );

test('a claim returns the current alert', async () => {
  const id = await anAlert();
  const result = await alerts.claim(id, ANNA);
  expect(result).toMatchObject({
    ok: true,
    picture: { alert: { id, status: 'claimed', owner: ANNA } },
  });
});

test('a second claim by the owner is refused as already theirs', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  expect(why(await alerts.claim(id, ANNA))).toBe('already-yours');
});

test('a released alert can be claimed by someone else', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  const released = await alerts.release(id, ANNA);
  expect(released).toMatchObject({
    ok: true,
    picture: { alert: { status: 'open', owner: null, claimedAt: null } },
  });
  expect(why(await alerts.claim(id, BEN))).toBe('ok');
});

test('only the owner can release', async () => {
  const id = await anAlert();
  expect(why(await alerts.release(id, ANNA))).toBe('not-yours');
  await alerts.claim(id, ANNA);
  expect(await alerts.release(id, BEN)).toMatchObject({
    ok: false,
    refusal: { why: 'not-yours', owner: ANNA },
  });
  expect(await statusOf(id)).toBe('claimed');
});

test('only the owner can mark as contacted', async () => {
  const id = await anAlert();
  expect(why(await alerts.contact(id, ANNA, 'email', ''))).toBe('not-yours');
  await alerts.claim(id, ANNA);
  expect(await alerts.contact(id, BEN, 'call', '')).toMatchObject({
    ok: false,
    refusal: { why: 'not-yours', owner: ANNA },
  });
  expect(await statusOf(id)).toBe('claimed');
});

test('a contact stores its method and note', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  const result = await alerts.contact(id, ANNA, 'call', 'Spoke with <Marcus> & "Sarah" 🎉');
  expect(result).toMatchObject({
    ok: true,
    picture: {
      alert: {
        status: 'contacted',
        owner: ANNA,
        contactMethod: 'call',
        contactNote: 'Spoke with <Marcus> & "Sarah" 🎉',
        contactedAt: expect.any(Date),
      },
    },
  });
});

test('stores an empty note as none', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'email', '');
  expect((await alerts.find(id))?.alert.contactNote).toBeNull();
});

test('a contacted alert refuses claim and release, and says who contacted it and when', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'email', '');
  for (const result of [
    await alerts.claim(id, BEN),
    await alerts.claim(id, ANNA),
    await alerts.release(id, ANNA),
  ]) {
    expect(result).toMatchObject({
      ok: false,
      refusal: { why: 'already-contacted', owner: ANNA, contactedAt: expect.any(Date) },
    });
  }
});

test('each touch is kept with its method and note, and the alert shows the last one', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'email', 'Wrote to Marcus');
  await alerts.contact(id, ANNA, 'call', '');
  await alerts.contact(id, 'U0MANAGER', 'meeting', 'Met Sarah', { isManager: true });
  expect(await alerts.find(id)).toMatchObject({
    alert: { owner: ANNA, touches: 3, contactMethod: 'meeting', contactNote: 'Met Sarah' },
    notes: [
      { author: ANNA, kind: 'contact', word: 'email', body: 'Wrote to Marcus' },
      { author: ANNA, kind: 'contact', word: 'call', body: null },
      { author: 'U0MANAGER', kind: 'contact', word: 'meeting', body: 'Met Sarah' },
    ],
  });
});

test('a double click on Submit records one contact', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  const results = await Promise.all([
    alerts.contact(id, ANNA, 'email', 'first'),
    alerts.contact(id, ANNA, 'email', 'first'),
  ]);
  expect(results.map(why)).toEqual(['ok', 'ok']);
  expect((await alerts.find(id))?.alert.touches).toBe(1);
  expect((await history(id)).filter((event) => event['kind'] === 'contacted')).toHaveLength(1);
});

test('an outcome with a time to try again that is past is refused', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'email', '');
  const tryAgain = (ms: number) =>
    alerts.outcome(id, ANNA, 'not-now', new Date(Date.now() + ms), '');
  expect(why(await tryAgain(-1_000))).toBe('past');
  expect((await alerts.find(id))?.alert.outcome).toBeNull();
  expect(why(await tryAgain(HOUR_MS))).toBe('ok');
});

test('a cooled alert refuses every gesture as over', async () => {
  const id = await anAlert();
  await cool();
  expect(why(await alerts.claim(id, ANNA))).toBe('over');
  expect(why(await alerts.release(id, ANNA))).toBe('over');
  expect(why(await alerts.contact(id, ANNA, 'email', ''))).toBe('over');
});

test('only the owner of an alert that has closed can still mark it contacted', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  // A claimed alert closed as cooled before alerts stayed with their owners.
  await db.sql(`update lead_bot.alerts set status = 'cooled', closed_at = now()`);
  expect(why(await alerts.contact(id, 'U0BEA', 'email', ''))).toBe('over');
  expect(why(await alerts.contact(id, ANNA, 'email', ''))).toBe('ok');
  expect(await alerts.find(id)).toMatchObject({
    alert: { status: 'contacted', closedAt: expect.any(Date) },
  });
});

test('what is done to a closed alert shows on the card of the next one', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'call', '');
  await cool();
  const [lead] = await db.sql<{ id: string }>('select id from public.developer_signups');
  await rescore(db, lead?.id ?? '', 90);
  await db.poll();
  const wanted = async () => {
    const [card] = await db.sql<{ wanted_version: number }>(
      `select m.wanted_version from lead_bot.messages m join lead_bot.alerts a on a.id = m.alert_id
        where m.kind = 'card' and a.closed_at is null`,
    );
    return card?.wanted_version;
  };
  const versions = [await wanted()];
  await alerts.contact(id, ANNA, 'email', '');
  versions.push(await wanted());
  await alerts.addNote(id, BEN, 'They called back');
  versions.push(await wanted());
  expect(versions).toEqual([1, 2, 3]);
});

test('a contacted alert stays contacted after it closes', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.contact(id, ANNA, 'meeting', '');
  await cool();
  const picture = await alerts.find(id);
  expect(picture?.alert.status).toBe('contacted');
  expect(picture?.alert.closedAt).not.toBeNull();
  expect(why(await alerts.contact(id, ANNA, 'call', ''))).toBe('ok');
  expect(why(await alerts.claim(id, BEN))).toBe('over');
});

test('refuses a gesture on an unknown alert as not found', async () => {
  expect(why(await alerts.claim(UNKNOWN_ID, ANNA))).toBe('not-found');
  expect(why(await alerts.release(UNKNOWN_ID, ANNA))).toBe('not-found');
  expect(why(await alerts.contact(UNKNOWN_ID, ANNA, 'email', ''))).toBe('not-found');
  expect(await alerts.find(UNKNOWN_ID)).toBeNull();
});

test('the history records who did each step and what it changed', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await alerts.release(id, ANNA);
  await alerts.claim(id, BEN);
  await alerts.contact(id, BEN, 'linkedin', 'hello');
  expect(await history(id)).toEqual([
    { kind: 'opened', actor: null, detail: null, from_status: null, to_status: 'open' },
    { kind: 'claimed', actor: ANNA, detail: null, from_status: 'open', to_status: 'claimed' },
    { kind: 'released', actor: ANNA, detail: null, from_status: 'claimed', to_status: 'open' },
    { kind: 'claimed', actor: BEN, detail: null, from_status: 'open', to_status: 'claimed' },
    {
      kind: 'contacted',
      actor: BEN,
      detail: 'linkedin',
      from_status: 'claimed',
      to_status: 'contacted',
    },
  ]);
  const picture = await alerts.find(id);
  expect(picture?.events.map((event) => event.kind)).toEqual([
    'opened',
    'claimed',
    'released',
    'claimed',
    'contacted',
  ]);
});

test('a refused gesture leaves no event, but redraws the card at once', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  const before = await history(id);
  const [old] = await cardOf(id);
  await alerts.claim(id, BEN);
  expect(await history(id)).toEqual(before);
  expect(await cardOf(id)).toEqual([
    { wanted_version: (old?.wanted_version ?? 0) + 1, urgent: true },
  ]);
});

async function expectRedrawn(id: string, gesture: () => Promise<GestureResult>): Promise<void> {
  const [old] = await cardOf(id);
  expect(why(await gesture())).toBe('ok');
  expect(await cardOf(id)).toEqual([
    { wanted_version: (old?.wanted_version ?? 0) + 1, urgent: true },
  ]);
}

test.each<[string, (id: string) => Promise<GestureResult>]>([
  ['claim', (id) => alerts.claim(id, ANNA)],
  ['snooze', (id) => alerts.snooze(id, ANNA, new Date(Date.now() + HOUR_MS))],
  ['not a fit', (id) => alerts.notAFit(id, ANNA, 'competitor', '', HOUR_MS)],
])('%s redraws the card at once', async (_, gesture) => {
  const id = await anAlert();
  await expectRedrawn(id, () => gesture(id));
});

test.each<[string, (id: string) => Promise<GestureResult>]>([
  ['release', (id) => alerts.release(id, ANNA)],
  ['hand over', (id) => alerts.handOver(id, ANNA, BEN, '')],
  ['contact', (id) => alerts.contact(id, ANNA, 'email', '')],
])("%s redraws the owner's card at once", async (_, gesture) => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  await expectRedrawn(id, () => gesture(id));
});

test.each([
  ['update', `update lead_bot.alert_events set actor = 'U0SOMEONE'`],
  ['delete', 'delete from lead_bot.alert_events'],
  ['truncate', 'truncate lead_bot.alert_events'],
])('not even the owner of the table can %s the history', async (_, statement) => {
  await anAlert();
  await db.sql('set role postgres');
  try {
    await expect(db.sql(statement)).rejects.toMatchObject({ code: '42501' });
  } finally {
    await db.sql('reset role');
  }
  expect(await db.sql('select kind from lead_bot.alert_events')).toEqual([{ kind: 'opened' }]);
});

test('the history outlives its alert', async () => {
  await anAlert();
  await db.sql('delete from lead_bot.alerts');
  expect(await db.sql('select kind from lead_bot.alert_events')).toEqual([{ kind: 'opened' }]);
});

test('an unknown contact method is an error and changes nothing', async () => {
  const id = await anAlert();
  await alerts.claim(id, ANNA);
  const odd = db.sql(`select public.lead_bot_contact($1, $2, 'pigeon', '')`, [id, ANNA]);
  await expect(odd).rejects.toMatchObject({ code: '23514' });
  expect(await statusOf(id)).toBe('claimed');
});
