import { expect, test } from 'vitest';
import type { GestureResult } from '../../src/core/alert.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';

const db = await botDatabase();
const { alerts } = db;

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';

/** A claimed lead that Anna has handed over to Ben. */
async function handedOver(): Promise<string> {
  await db.poll();
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.claim(id, ANNA);
  await alerts.handOver(id, ANNA, BEN, 'They asked for you');
  return id;
}

const why = (result: GestureResult) => (result.ok ? 'ok' : result.refusal.why);
const alertOf = async (id: string) => (await alerts.find(id))?.alert;
const messages = (kind: string) =>
  db.sql(
    `select channel, payload, removal from lead_bot.messages where kind = $1 order by created_at`,
    [kind],
  );
const replies = async () =>
  (await messages('notice')).map(({ payload, removal }) => ({ payload, removal }));

test('a hand-over tells the new owner by direct message', async () => {
  const id = await handedOver();
  expect(await messages('dm')).toEqual([
    { channel: BEN, payload: { kind: 'hand-over', to: BEN }, removal: null },
  ]);
  expect(await alertOf(id)).toMatchObject({ owner: BEN, handedOver: { by: ANNA, from: ANNA } });
});

test('a manager who takes a lead over is not asked to keep it', async () => {
  await db.poll();
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.handOver(id, CLEO, CLEO, '', { isManager: true });
  expect(await messages('dm')).toEqual([]);
  expect(await alertOf(id)).toMatchObject({ owner: CLEO, handedOver: null });
});

test('an undone hand-over withdraws what it said in the thread and by direct message', async () => {
  const id = await handedOver();
  const { undo } = (await alertOf(id)) ?? {};
  expect(why(await alerts.undo(id, ANNA, undo?.id ?? ''))).toBe('ok');
  expect(await alertOf(id)).toMatchObject({ owner: ANNA, handedOver: null });
  expect(await messages('dm')).toMatchObject([{ removal: 'undone' }]);
  expect(await replies()).toMatchObject([{ removal: 'undone' }]);
});

test('once kept, a hand-over can be neither undone nor given back', async () => {
  const id = await handedOver();
  const { undo } = (await alertOf(id)) ?? {};
  expect(why(await alerts.keep(id, BEN))).toBe('ok');
  expect(why(await alerts.keep(id, BEN))).toBe('not-handed-over');
  expect(why(await alerts.undo(id, ANNA, undo?.id ?? ''))).toBe('changed-since');
  expect(why(await alerts.giveBack(id, BEN))).toBe('not-handed-over');
  expect(await alertOf(id)).toMatchObject({ owner: BEN, handedOver: null });
});

test('of two leads handed over, each new owner can keep only their own', async () => {
  const id = await handedOver();
  await addLead(db, { domain: 'other.example' });
  await db.poll();
  const [other] = await db.sql<{ id: string }>(
    `select id from lead_bot.alerts where account_key = 'other.example'`,
  );
  const otherId = other?.id ?? '';
  await alerts.claim(otherId, ANNA);
  await alerts.handOver(otherId, ANNA, CLEO, '');
  expect(why(await alerts.keep(id, CLEO))).toBe('not-yours');
  expect(why(await alerts.keep(otherId, BEN))).toBe('not-yours');
  expect(why(await alerts.keep(id, BEN))).toBe('ok');
  expect(why(await alerts.keep(otherId, CLEO))).toBe('ok');
});

test('a lead given back returns to who had it, and the thread says so', async () => {
  const id = await handedOver();
  expect(why(await alerts.giveBack(id, BEN))).toBe('ok');
  expect(await alertOf(id)).toMatchObject({ status: 'claimed', owner: ANNA, handedOver: null });
  expect((await replies()).at(-1)).toEqual({
    payload: { kind: 'given-back', by: BEN, to: ANNA },
    removal: null,
  });
});

test('a lead that nobody had before is given back to everyone', async () => {
  await db.poll();
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await alerts.handOver(id, CLEO, BEN, '', { isManager: true });
  expect(why(await alerts.giveBack(id, BEN))).toBe('ok');
  expect(await alertOf(id)).toMatchObject({ status: 'open', owner: null, claimedAt: null });
  expect(why(await alerts.claim(id, ANNA))).toBe('ok');
});

test('a lead is not given back to somebody who has gone', async () => {
  const id = await handedOver();
  expect(why(await alerts.giveBack(id, BEN, { goneOwner: ANNA }))).toBe('ok');
  expect(await alertOf(id)).toMatchObject({ status: 'open', owner: null });
  expect((await replies()).at(-1)).toMatchObject({
    payload: { kind: 'given-back', by: BEN, to: null },
  });
});

test('a contacted lead whose earlier owner has gone is handed on, not given back', async () => {
  const id = await handedOver();
  await alerts.contact(id, BEN, 'call', '');
  await alerts.handOver(id, BEN, CLEO, '');
  expect(why(await alerts.giveBack(id, CLEO, { goneOwner: BEN }))).toBe('not-handed-over');
  expect(why(await alerts.giveBack(id, CLEO))).toBe('ok');
  expect(await alertOf(id)).toMatchObject({ status: 'contacted', owner: BEN });
});

test('giving back ends the snooze of the one who gives back', async () => {
  const id = await handedOver();
  await alerts.snooze(id, BEN, new Date(Date.now() + 3_600_000));
  await alerts.giveBack(id, BEN);
  expect(await alertOf(id)).toMatchObject({ owner: ANNA, hold: null });
});

test.each(['release', 'contact'] as const)('a %s answers a hand-over', async (gesture) => {
  const id = await handedOver();
  await (gesture === 'release' ? alerts.release(id, BEN) : alerts.contact(id, BEN, 'call', ''));
  expect(await alertOf(id)).toMatchObject({ handedOver: null });
});

test('of keep, give back and undo at the same time, one wins', async () => {
  const id = await handedOver();
  const { undo } = (await alertOf(id)) ?? {};
  const all = await Promise.all([
    alerts.keep(id, BEN),
    alerts.giveBack(id, BEN),
    alerts.undo(id, ANNA, undo?.id ?? ''),
  ]);
  expect(all.map(why).filter((one) => one === 'ok')).toHaveLength(1);
});
