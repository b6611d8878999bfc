import { expect, test } from 'vitest';
import type { Delivery } from '../../src/core/message.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { botDatabase } from '../support/bot-database.ts';
import { erase, erasuresLeft, placesOf } from '../support/erasure.ts';
import { addLead } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, confirm, shown, later } = outboxStage(db);

const ANNA = 'U0ANNA';
const ZOE = {
  kind: 'champion',
  who: 'Zoe Canary',
  address: 'zoe@acme.example',
  score: 91,
  why: null,
};
const ELSE = { ...ZOE, who: 'Someone Else', address: 'else@beta.example' };
const GROWTH = { kind: 'growth-halved', from: 40, to: 10 };

let stamp = 1_700_000_000;
/** Delivers all that is due. Returns what was done, and the drawings. */
async function deliverAll(): Promise<{ action: string; kind: string; drawn: string }[]> {
  const done: { action: string; kind: string; drawn: string }[] = [];
  for (let idle = 0; idle < 2; ) {
    const due: readonly Delivery[] = await take();
    idle = due.length === 0 ? idle + 1 : 0;
    for (const delivery of due) {
      const { action, content } = delivery;
      const drawn = action === 'remove' ? '' : JSON.stringify(renderMessage(content, false, 'UTC'));
      done.push({ action, kind: content.kind, drawn });
      if (action === 'remove') await confirm(delivery, { kind: 'removed' });
      else await shown(delivery, delivery.address?.ts ?? `${stamp++}.000100`);
    }
    await later('2 minutes');
  }
  return done;
}

/** Claimed by Anna: acme.example with Ada and Zoe, and beta.example. */
async function twoLeads(): Promise<{ acme: string; beta: string }> {
  await addLead(db, { name: 'Ada Example' });
  await addLead(db, { name: 'Zoe Canary', email: 'zoe@acme.example' });
  await db.poll();
  const acme = await db.onlyAlert();
  await addLead(db, { domain: 'beta.example', name: 'Ben Example' });
  await db.poll();
  const beta = (await db.alertIds()).find((id) => id !== acme) ?? '';
  for (const id of [acme, beta]) await db.alerts.claim(id, ANNA);
  await deliverAll();
  return { acme, beta };
}

/** A list that tells Anna of Zoe in its first row, and of someone else in the others. */
async function list(alerts: readonly string[], kind = 'morning'): Promise<string> {
  const [message] = await db.sql<{ id: string }>(
    `insert into lead_bot.messages (kind, channel, dedupe_key, payload)
     values ('dm', $1, 'test:' || gen_random_uuid(), jsonb_build_object(
       'kind', $4::text, 'to', $1::text, 'total', cardinality($2::uuid[]),
       'news', (select jsonb_object_agg(a.id, jsonb_build_array($3::jsonb -> least(a.place, 2)::int - 1))
                  from unnest($2::uuid[]) with ordinality a (id, place))))
     returning id`,
    [ANNA, alerts, JSON.stringify([ZOE, ELSE]), kind],
  );
  const id = message?.id ?? '';
  await db.sql(
    `insert into lead_bot.message_alerts (message_id, alert_id, section, position)
     select $1, a.id, 'mine', a.place from unnest($2::uuid[]) with ordinality a (id, place)`,
    [id, alerts],
  );
  return id;
}

async function reply(alert: string, items: readonly object[]): Promise<void> {
  await db.sql(
    `select lead_bot.want_reply($1, 'news', jsonb_build_object('owner', $2::text, 'contacted', false, 'items', $3::jsonb))`,
    [alert, ANNA, JSON.stringify(items)],
  );
}

const payloadOf = async (id: string) =>
  (await db.sql('select payload, state, removal from lead_bot.messages where id = $1', [id]))[0];

test('erasing someone redraws the lists that name them, however old', async () => {
  const { acme, beta } = await twoLeads();
  const id = await list([acme, beta]);
  await deliverAll();
  await db.sql(`update lead_bot.messages set posted_at = posted_at - interval '90 days'`);
  await erase(db, 'zoe@acme.example');
  expect((await erasuresLeft(db)).map(({ kind }) => kind).sort()).toEqual(['card', 'dm']);
  const drawn = (await deliverAll()).filter(({ kind }) => kind === 'dm-list');
  expect(drawn).toHaveLength(1);
  expect(drawn[0]?.drawn).not.toContain('Canary');
  const [kept] = await db.sql<{ payload: { total: number; news: object } }>(
    'select payload from lead_bot.messages where id = $1',
    [id],
  );
  expect(kept?.payload.total).toBe(2);
  expect(kept?.payload.news).toEqual({ [beta]: [ELSE] });
});

test("erasing someone removes the replies that name people of that company, not the others'", async () => {
  const { acme, beta } = await twoLeads();
  await reply(acme, [GROWTH, ZOE]);
  await reply(acme, [GROWTH]);
  await reply(beta, [ELSE]);
  await deliverAll();
  await erase(db, 'zoe@acme.example');
  const done = await deliverAll();
  expect(done.filter(({ action }) => action === 'remove')).toHaveLength(1);
  expect(await placesOf(db, 'Canary')).toEqual([]);
  expect(await placesOf(db, 'Someone Else')).toEqual(['lead_bot.messages.payload']);
});

test('erasing a company takes its row out of lists, and removes a list with no other', async () => {
  const { acme, beta } = await twoLeads();
  const both = await list([acme, beta]);
  const alone = await list([acme], 'due');
  await deliverAll();
  await erase(db, 'acme.example');
  expect(await payloadOf(both)).toMatchObject({ payload: { total: 1 } });
  expect(await payloadOf(alone)).toMatchObject({ removal: 'erased', payload: {} });
  const done = await deliverAll();
  const lists = done.filter(({ kind }) => kind === 'dm-list');
  expect(lists.map(({ drawn }) => [drawn.includes(beta), drawn.includes(acme)])).toEqual([
    [true, false],
  ]);
});

test('a list that could not be edited, or was given up, is erased too', async () => {
  const { acme } = await twoLeads();
  const frozen = await list([acme]);
  await deliverAll();
  await db.alerts.contact(acme, ANNA, 'call', '');
  for (const delivery of await take()) {
    if (delivery.messageId === frozen) {
      await confirm(delivery, { kind: 'frozen', reason: 'edit_window_closed' });
    } else await shown(delivery, delivery.address?.ts);
  }
  const dead = await list([acme]);
  await db.sql(`update lead_bot.messages set state = 'dead' where id = $1`, [dead]);
  await erase(db, 'zoe@acme.example');
  expect(await placesOf(db, 'Canary')).toEqual([]);
  const removed = (await deliverAll()).filter(({ action }) => action === 'remove');
  expect(removed).toHaveLength(1);
});

test('erasure and retention forget what an alert compares itself with', async () => {
  const { acme, beta } = await twoLeads();
  const know = () =>
    db.sql(
      `update lead_bot.alerts set known = '{"people": ["canary"]}', news = '[{"id": "canary"}]'`,
    );
  const knowing = () =>
    db.sql<{ id: string }>(
      'select id from lead_bot.alerts where known is not null or news is not null',
    );
  await know();
  await erase(db, 'zoe@acme.example');
  expect((await knowing()).map(({ id }) => id)).toEqual([beta]);
  await know();
  await db.sql(`update lead_bot.alerts set closed_at = now() where id = $1`, [acme]);
  await db.age('366 days');
  await db.tidy(365);
  expect((await knowing()).map(({ id }) => id)).toEqual([beta]);
});

test('a year after closing, lists and replies name nobody', async () => {
  const { acme, beta } = await twoLeads();
  await reply(acme, [ZOE]);
  await list([acme, beta]);
  const frozen = await list([acme]);
  await deliverAll();
  await db.sql(`update lead_bot.messages set state = 'gone' where id = $1`, [frozen]);
  await db.sql(`update lead_bot.alerts set closed_at = now() where id = $1`, [acme]);
  await db.age('366 days');
  await db.tidy(365);
  const done = await deliverAll();
  expect(done.filter(({ action }) => action === 'remove')).toHaveLength(2);
  expect(done.filter(({ kind }) => kind === 'dm-list')).toHaveLength(1);
  for (const { drawn } of done) expect(drawn).not.toMatch(/canary/i);
  const places = await placesOf(db, 'canary');
  expect(places.filter((place) => place.startsWith('lead_bot.'))).toEqual([]);
});

test('the history forgets a list after HISTORY_DAYS, and keeps settings', async () => {
  const { acme } = await twoLeads();
  await list([acme]);
  await deliverAll();
  await db.sql('select public.lead_bot_mute($1, $2, true)', [ANNA, 'morning']);
  await db.sql(
    `update lead_bot.messages set created_at = created_at - interval '731 days' where alert_id is null`,
  );
  await db.tidy(365, 730);
  expect((await deliverAll()).map(({ action }) => action)).toEqual(['remove']);
  await db.tidy(365, 730);
  expect(await db.sql('select from lead_bot.messages where alert_id is null')).toEqual([]);
  expect(await db.sql('select from lead_bot.muted')).toHaveLength(1);
});
