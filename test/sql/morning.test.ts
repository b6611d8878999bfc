import { expect, test } from 'vitest';
import { supabaseDirectSettings, supabaseMornings } from '../../src/adapters/supabase-steps.ts';
import type { Content, Delivery } from '../../src/core/message.ts';
import { botDatabase } from '../support/bot-database.ts';
import { addLead, alertOf } from '../support/leads.ts';
import { inOtherTransaction, untilBlocked } from '../support/other-transaction.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, shown, later } = outboxStage(db);
const mornings = supabaseMornings(db.database);
const settings = supabaseDirectSettings(db.database);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const TODAY = '2026-03-02';
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
const want = (person = ANNA, date = TODAY) => mornings.want(person, date, inHours(3));
const CHAMPION = { kind: 'champion', who: 'Zoe', address: null, score: 91, why: null };

/** Open alerts of as many companies, in their order. */
async function leads(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    await addLead(db, { domain: `c${n}.example` });
    await db.poll({ maxCardsPerPoll: 50 });
    for (const id of await db.alertIds()) if (!ids.includes(id)) ids.push(id);
  }
  return ids;
}

async function claimed(count: number): Promise<string[]> {
  const ids = await leads(count);
  for (const id of ids) await db.alerts.claim(id, ANNA);
  return ids;
}

const set = (id: string, columns: string) =>
  db.sql(`update lead_bot.alerts set ${columns} where id = $1`, [id]);
const offer = (id: string, hours = 1) =>
  db.sql(
    `insert into lead_bot.offers (alert_id, holder, source, made_at, until)
     values ($1, $2, 'rotation', now() - interval '2 hours', now() + make_interval(hours => $3))`,
    [id, ANNA, hours],
  );

let stamp = 1_700_000_000;
/** Delivers all that is due; returns the direct messages that were posted. */
async function deliverAll(): Promise<Delivery[]> {
  const posted: Delivery[] = [];
  for (let idle = 0; idle < 2; ) {
    const due = await take();
    idle = due.length === 0 ? idle + 1 : 0;
    for (const delivery of due) {
      if (delivery.action === 'post' && delivery.channel.startsWith('U0')) posted.push(delivery);
      await shown(delivery, delivery.address?.ts ?? `${stamp++}.000100`);
    }
    await later('2 seconds');
  }
  return posted;
}

type List = Extract<Content, { kind: 'dm-list' }>['list'];
async function theMorning(): Promise<List> {
  const [direct, ...others] = await deliverAll();
  if (direct?.content.kind !== 'dm-list' || others.length > 0) throw new Error('expected a list');
  return direct.content.list;
}
const rowsOf = (list: List) => list.rows.map(({ section, picture }) => [section, picture.alert.id]);

test('lists what is to be contacted, first what is due first', async () => {
  const [none = '', later = '', sooner = '', longest = ''] = await claimed(4);
  await set(later, `due_at = now() + interval '3 hours'`);
  await set(sooner, `due_at = now() + interval '1 hour'`);
  await set(longest, `waits_since = now() - interval '1 day'`);
  await db.sql('update lead_bot.alerts set due_at = null where id = any ($1)', [[none, longest]]);
  expect(await want()).toBe(true);
  const list = await theMorning();
  expect(list).toMatchObject({ kind: 'morning', to: ANNA, total: 4 });
  expect(rowsOf(list)).toEqual([sooner, later, longest, none].map((id) => ['mine', id]));
});

test('a lead that was handed over is theirs', async () => {
  const [id = ''] = await leads(1);
  await db.alerts.claim(id, BEN);
  await db.alerts.handOver(id, BEN, ANNA, '');
  await deliverAll();
  expect(await want()).toBe(true);
  expect(rowsOf(await theMorning())).toEqual([['mine', id]]);
});

test('of the contacted ones, lists those whose outcome is due', async () => {
  const ids = await claimed(6);
  for (const id of ids) await db.alerts.contact(id, ANNA, 'call', '');
  const [due = '', early = '', again = '', notYet = '', won = '', noDeadline = ''] = ids;
  for (const [id, outcome] of [
    [again, 'not-now'],
    [notYet, 'not-now'],
    [won, 'won'],
  ] as const) {
    await db.alerts.outcome(id, ANNA, outcome, outcome === 'not-now' ? inHours(24) : null, '');
  }
  await set(due, `due_at = now() - interval '1 hour'`);
  await set(early, `due_at = now() + interval '1 hour'`);
  await set(again, `outcome_until = now() - interval '2 hours'`);
  await set(won, `due_at = now() - interval '1 hour'`);
  await set(noDeadline, 'due_at = null');
  expect(await want()).toBe(true);
  expect(rowsOf(await theMorning())).toEqual([
    ['mine', again],
    ['mine', due],
  ]);
});

test('says nothing to someone who has only contacted leads with nothing due', async () => {
  const [id = ''] = await claimed(1);
  await db.alerts.contact(id, ANNA, 'call', '');
  expect(await want()).toBe(false);
  expect(await want(BEN)).toBe(false);
  expect(await db.sql(`select from lead_bot.messages where kind = 'dm'`)).toEqual([]);
});

test('neither snoozed leads nor those of others are listed', async () => {
  const [snoozed = '', other = ''] = await claimed(2);
  await db.alerts.snooze(snoozed, ANNA, inHours(48));
  await db.alerts.release(other, ANNA);
  await db.alerts.claim(other, BEN);
  expect(await want()).toBe(false);
});

test('lists what they have first call on, the shortest first', async () => {
  const [long = '', short = '', lapsed = '', snoozed = ''] = await leads(4);
  await offer(long, 2);
  await offer(short, 1);
  await offer(lapsed, -1);
  await db.alerts.snooze(snoozed, BEN, inHours(48));
  await offer(snoozed, 1);
  expect(await want()).toBe(true);
  expect(rowsOf(await theMorning())).toEqual([
    ['offers', short],
    ['offers', long],
  ]);
});

/** News of this alert, told by a reply or by a list of this kind. */
async function told(id: string, hoursAgo: number, kind: 'news' | 'due' | 'morning' = 'news') {
  await db.sql(
    `with told as (
       insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, state, payload)
       select case when $3 = 'news' then 'notice' else 'dm' end, case when $3 = 'news' then a.id end, c.id, 'C0',
              'test:' || gen_random_uuid(), 'gone',
              jsonb_build_object('kind', $3::text, 'items', jsonb_build_array($4::jsonb),
                                 'news', jsonb_build_object(a.id, jsonb_build_array($4::jsonb)))
         from lead_bot.alerts a join lead_bot.messages c on c.dedupe_key = 'card:' || a.id
        where a.id = $1
       returning id
     )
     insert into lead_bot.steps (alert_id, kind, period, at, message_id)
     select $1, 'news', now(), now() - make_interval(mins => ($2 * 60)::int), id from told`,
    [id, hoursAgo, kind, JSON.stringify(CHAMPION)],
  );
  await set(
    id,
    `news_told_at = now() - make_interval(mins => ${hoursAgo * 60}), claimed_at = now() - interval '9 days'`,
  );
}

test.each(['news', 'due'] as const)(
  'lists leads with news of the last day, told by %s',
  async (how) => {
    const [fresh = '', old = ''] = await claimed(2);
    for (const id of [fresh, old]) await db.alerts.contact(id, ANNA, 'call', '');
    await told(fresh, 23, how);
    await told(old, 25, how);
    expect(await want()).toBe(true);
    const list = await theMorning();
    expect(rowsOf(list)).toEqual([['moved', fresh]]);
    expect(list.rows[0]?.news).toEqual([CHAMPION]);
  },
);

/** A contacted lead of Anna whose next hot developer she hasn't heard of. */
async function withPendingNews(domain = 'news.example'): Promise<string> {
  await addLead(db, { domain, name: 'Ada Example' });
  await db.poll();
  const id = await alertOf(db, domain);
  await db.alerts.claim(id, ANNA);
  await db.alerts.contact(id, ANNA, 'call', '');
  await addLead(db, { domain, name: 'Zoe Example', email: `zoe@${domain}` });
  await db.poll();
  await db.sql('select lead_bot.note_news(array[$1::uuid])', [id]);
  return id;
}
const pending = async (id: string) =>
  (await db.sql('select from lead_bot.alerts where id = $1 and news is not null', [id])).length ===
  1;

/** From all tables, so that there is no news about her. */
async function removeZoe(): Promise<void> {
  await db.sql(`delete from public.developer_signups where full_name = 'Zoe Example'`);
  await db.sql(
    `delete from lead_bot.alert_leads where developer_id not in (select id from public.developer_signups)`,
  );
}

test('news that waits is told in the morning, and only then', async () => {
  const id = await withPendingNews();
  expect(await pending(id)).toBe(true);
  expect(await want()).toBe(true);
  expect(await pending(id)).toBe(false);
  const list = await theMorning();
  expect(rowsOf(list)).toEqual([['moved', id]]);
  expect(list).toMatchObject({
    total: 1,
    rows: [{ news: [{ kind: 'champion', who: 'Zoe Example' }] }],
  });
  expect(await db.sql(`select alert_id from lead_bot.steps where kind = 'news'`)).toEqual([
    { alert_id: id },
  ]);
  expect(await want(ANNA, '2026-03-03')).toBe(false);
});

test('news in a morning that is too late goes under the card', async () => {
  const id = await withPendingNews();
  await deliverAll();
  expect(await mornings.want(ANNA, TODAY, inHours(-1))).toBe(true);
  expect(await deliverAll()).toEqual([]);
  const replies = await db.sql(
    `select m.state, m.payload ->> 'owner' as owner, m.payload #>> '{items,0,who}' as who
       from lead_bot.messages m where m.kind = 'notice' and m.alert_id = $1 and m.payload ->> 'kind' = 'news'`,
    [id],
  );
  expect(replies).toEqual([{ state: 'posted', owner: null, who: 'Zoe Example' }]);
});

test('news that is gone by the morning is not told', async () => {
  const id = await withPendingNews();
  await removeZoe();
  expect(await want()).toBe(false);
  expect(await pending(id)).toBe(false);
  expect(await db.sql(`select from lead_bot.messages where kind = 'dm'`)).toEqual([]);
});

test('a lead whose news is gone by the morning does not count among the others', async () => {
  await withPendingNews();
  const other = (await claimed(1)).at(-1);
  await removeZoe();
  expect(await want()).toBe(true);
  const list = await theMorning();
  expect(rowsOf(list)).toEqual([['mine', other]]);
  expect(list.total).toBe(1);
});

test('a lead to be contacted that has news is listed once, with the news', async () => {
  const [id = ''] = await claimed(1);
  await told(id, 1);
  expect(await want()).toBe(true);
  const list = await theMorning();
  expect(rowsOf(list)).toEqual([['mine', id]]);
  expect(list).toMatchObject({ total: 1, rows: [{ news: [{ who: 'Zoe' }] }] });
});

test("yesterday morning's news is not repeated, nor what was told before they had the lead", async () => {
  const [yesterday = '', before = ''] = await claimed(2);
  for (const id of [yesterday, before]) await db.alerts.contact(id, ANNA, 'call', '');
  await told(yesterday, 23, 'morning');
  await told(before, 5);
  await set(before, `claimed_at = now() - interval '2 hours'`);
  expect(await want()).toBe(false);
});

test('lists ten leads of a kind and says how many there are', async () => {
  const ids = await claimed(12);
  const [last = ''] = ids.slice(-1);
  await set(last, `due_at = now() + interval '9 days'`);
  for (const id of ids.slice(0, -1)) await set(id, `due_at = now()`);
  await told(last, 1);
  expect(await want()).toBe(true);
  const list = await theMorning();
  expect(list.total).toBe(12);
  expect(rowsOf(list).map(([section]) => section)).toEqual([...Array(10).fill('mine'), 'moved']);
  expect(list.rows[10]?.picture.alert.id).toBe(last);
});

test('news of one of the ten stands in its row only', async () => {
  const ids = await claimed(10);
  const [tenth = ''] = ids.slice(-1);
  for (const [n, id] of ids.entries()) {
    await set(id, `due_at = now() + make_interval(mins => ${n})`);
  }
  await told(tenth, 1);
  expect(await want()).toBe(true);
  const list = await theMorning();
  expect(rowsOf(list)).toEqual(ids.map((id) => ['mine', id]));
  expect(list.rows[9]?.news).toEqual([CHAMPION]);
});

test('one a person and day, however many bots ask', async () => {
  await claimed(1);
  const answers = await Promise.all([want(), want(), want()]);
  expect(answers.toSorted()).toEqual([false, false, true]);
  expect(await want()).toBe(false);
  expect(await want(ANNA, '2026-03-03')).toBe(true);
});

test('a bot that asks while another one decides gets a no', async () => {
  await claimed(1);
  await inOtherTransaction(db, async (other) => {
    await other.query(`select public.lead_bot_want_morning($1, $2, now() + interval '1 hour')`, [
      ANNA,
      TODAY,
    ]);
    const wanted = want();
    await untilBlocked(db);
    await other.query('commit');
    expect(await wanted).toBe(false);
  });
});

test('one that can no longer be edited is not sent again that day', async () => {
  const [id = ''] = await claimed(1);
  await want();
  await deliverAll();
  await db.alerts.contact(id, ANNA, 'call', '');
  for (const delivery of await take()) {
    await db.outbox.confirm(delivery.messageId, delivery.token, {
      kind: 'frozen',
      reason: 'edit_window_closed',
    });
  }
  await set(id, `due_at = now() - interval '1 hour'`);
  expect(await want()).toBe(false);
});

test('nobody who has turned mornings off gets one', async () => {
  await claimed(1);
  await settings.mute(ANNA, 'morning', true);
  expect(await want()).toBe(false);
  await settings.mute(ANNA, 'morning', false);
  expect(await want()).toBe(true);
  await settings.mute(ANNA, 'morning', true);
  expect(await deliverAll()).toEqual([]);
});

test('a morning that comes too late is dropped, and so is what was done meanwhile', async () => {
  const [done = '', open = ''] = await claimed(2);
  const [offered = ''] = (await leads(3)).slice(-1);
  await offer(offered);
  await want();
  await db.alerts.contact(done, ANNA, 'call', '');
  await db.alerts.claim(offered, BEN, { isManager: true });
  expect(rowsOf(await theMorning())).toEqual([['mine', open]]);
  expect(await mornings.want(ANNA, '2026-03-03', inHours(-1))).toBe(true);
  expect(await deliverAll()).toEqual([]);
});

test('a gesture and a morning wait for each other in one order', async () => {
  const [id = ''] = await claimed(1);
  await set(id, `news = '[]'`);
  await inOtherTransaction(db, async (gesture) => {
    await gesture.query('select from lead_bot.alerts where id = $1 for no key update', [id]);
    const wanted = want();
    await untilBlocked(db);
    await gesture.query(`select public.lead_bot_contact($1, $2, 'call', '')`, [id, ANNA]);
    await gesture.query('commit');
    expect(await wanted).toBe(false);
  });
});

test('people with leads are owners of open alerts and those who have first call', async () => {
  const [mine = '', offered = '', other = '', over = '', lapsed = ''] = await leads(5);
  await db.alerts.claim(mine, ANNA);
  await db.sql(
    `insert into lead_bot.offers (alert_id, holder, source, until, ended_at, ended)
     values ($1, $4, 'rotation', now(), null, null), ($2, 'U0CARL', 'rotation', now(), null, null),
            ($3, 'U0EVE', 'rotation', now(), now(), 'lapsed')`,
    [offered, other, lapsed, BEN],
  );
  await db.alerts.claim(over, 'U0DORA');
  await set(
    over,
    `status = 'contacted', contacted_at = now(), contact_method = 'call', closed_at = now()`,
  );
  expect(await mornings.people()).toEqual([ANNA, BEN, 'U0CARL']);
});

test('at most 500 people', async () => {
  await db.sql(
    `insert into lead_bot.alerts (account_key, status, owner, claimed_at)
     select 'c' || n || '.example', 'claimed', 'U' || n % 600, now() from generate_series(1, 1200) n`,
  );
  expect(await mornings.people()).toHaveLength(500);
});
