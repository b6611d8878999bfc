import { expect, test } from 'vitest';
import { readHealth } from '../../src/adapters/supabase-upkeep.ts';
import type { Delivery, Outcome } from '../../src/core/message.ts';
import type { StepKind } from '../../src/core/steps.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead } from '../support/leads.ts';
import { inOtherTransaction, untilBlocked } from '../support/other-transaction.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, confirm, shown, later, aPostedCard } = outboxStage(db);

const ANNA = 'U0ANNA';
const BEN = 'U0BEN';
const MAX = 'U0MAX';
const REFUSED: Outcome = { kind: 'pause', reason: 'user_disabled', everything: false };
const CHAMPION = { kind: 'champion', who: 'Zoe', address: 'zoe@a.example', score: 91, why: null };

interface Nudge {
  kind: StepKind;
  to: string | null;
  /** Hours from now. */
  sendBy?: number;
  payload?: object;
}

/** Records a step of the current period and the message about it. Returns the message's id. */
async function nudge(
  alert: string,
  { kind, to, sendBy = 1, payload = {} }: Nudge,
): Promise<string> {
  const isReply = kind === 'reminder' || kind === 'news';
  const [message] = await db.sql<{ id: string }>(
    `insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload)
     select $2, a.id, case $2 when 'notice' then c.id end, case $2 when 'notice' then c.channel else $4 end,
            'test:' || gen_random_uuid(),
            jsonb_build_object('kind', $3::text, 'to', $4::text, 'period', a.waits_since,
                               'send_by', now() + make_interval(hours => $5)) || $6::jsonb
       from lead_bot.alerts a
       left join lead_bot.messages c on c.dedupe_key = 'card:' || a.id
      where a.id = $1
     returning id`,
    [alert, isReply ? 'notice' : 'dm', kind, to, sendBy, JSON.stringify(payload)],
  );
  const id = message?.id ?? '';
  if (!isReply) {
    await db.sql('insert into lead_bot.message_alerts (message_id, alert_id) values ($1, $2)', [
      id,
      alert,
    ]);
  }
  await db.sql(
    `insert into lead_bot.steps (alert_id, kind, period, message_id)
     select a.id, $2, a.waits_since, $3 from lead_bot.alerts a where a.id = $1
     on conflict do nothing`,
    [alert, kind, id],
  );
  await db.sql('update lead_bot.alerts set step_due_at = null');
  return id;
}

/** Records a step for each alert, and one direct message that lists them. */
async function dueList(
  rows: readonly (readonly [alert: string, kind: StepKind])[],
  sendBy = 1,
): Promise<string> {
  const [message] = await db.sql<{ id: string }>(
    `insert into lead_bot.messages (kind, channel, dedupe_key, payload)
     values ('dm', $1, 'test:' || gen_random_uuid(), jsonb_build_object(
       'kind', 'due', 'to', $1::text, 'send_by', now() + make_interval(hours => $3), 'total', $4::int,
       'periods', (select jsonb_object_agg(a.id, a.waits_since) from lead_bot.alerts a where a.id = any ($2)),
       'news', (select coalesce(jsonb_object_agg(r.id, jsonb_build_array($5::jsonb)), '{}')
                  from unnest($2::uuid[], $6::text[]) r (id, kind) where r.kind = 'news')))
     returning id`,
    [
      ANNA,
      rows.map(([id]) => id),
      sendBy,
      rows.length,
      JSON.stringify(CHAMPION),
      rows.map(([, kind]) => kind),
    ],
  );
  const id = message?.id ?? '';
  for (const [position, [alert, kind]] of rows.entries()) {
    await db.sql(
      'insert into lead_bot.message_alerts (message_id, alert_id, section, position) values ($1, $2, $3, $4)',
      [id, alert, kind, position],
    );
    await db.sql(
      `insert into lead_bot.steps (alert_id, kind, period, message_id)
       select a.id, $2, a.waits_since, $3 from lead_bot.alerts a where a.id = $1`,
      [alert, kind, id],
    );
  }
  await db.sql('update lead_bot.alerts set step_due_at = null');
  return id;
}

/** Alerts with posted cards, claimed by Anna. */
async function claimed(count: number): Promise<string[]> {
  for (let n = 0; n < count; n++) await addLead(db, { domain: `c${n}.example`, name: `Lead ${n}` });
  await db.poll();
  const ids = await db.alertIds();
  for (const id of ids) await db.alerts.claim(id, ANNA);
  await deliverAll();
  return ids;
}

async function aClaimedLead(): Promise<string> {
  const id = await aPostedCard();
  await db.alerts.claim(id, ANNA);
  await deliverAll();
  return id;
}

let stamp = 1_700_000_000;
/** Delivers all that is due. Returns what was posted. */
async function deliverAll(): Promise<Delivery[]> {
  const posted: Delivery[] = [];
  // A take that only drops messages returns none.
  for (let idle = 0; idle < 2; ) {
    const due = await take();
    idle = due.length === 0 ? idle + 1 : 0;
    for (const delivery of due) {
      if (delivery.action === 'post') posted.push(delivery);
      await shown(delivery, delivery.address?.ts ?? `${stamp++}.000100`);
    }
    await later('2 seconds');
  }
  return posted;
}

const row = async (id: string) => {
  const [message] = await db.sql(
    'select state, last_error, payload, alert_id from lead_bot.messages where id = $1',
    [id],
  );
  return message;
};
const payload = async (id: string) => {
  const [message] = await db.sql<{ payload: { news?: object } }>(
    'select payload from lead_bot.messages where id = $1',
    [id],
  );
  return message?.payload ?? {};
};
const steps = () =>
  db.sql('select alert_id, kind, message_id from lead_bot.steps order by alert_id, kind');
const isLookedAtAgain = async (alert: string) =>
  (await db.sql('select from lead_bot.alerts where id = $1 and step_due_at <= now()', [alert]))
    .length === 1;
const mute = (user: string, kind: string) =>
  db.sql('select public.lead_bot_mute($1, $2, true)', [user, kind]);

test('a nudge whose step still applies is posted', async () => {
  const id = await aClaimedLead();
  await nudge(id, { kind: 'warning', to: ANNA, payload: { until: '2030-01-01T00:00:00Z' } });
  expect(await deliverAll()).toMatchObject([
    {
      action: 'post',
      channel: ANNA,
      content: { kind: 'dm', reason: { kind: 'warning', to: ANNA, until: new Date('2030-01-01') } },
    },
  ]);
  expect(await steps()).toHaveLength(1);
});

test('a nudge about what was done meanwhile is never posted', async () => {
  const id = await aClaimedLead();
  const message = await nudge(id, { kind: 'warning', to: ANNA });
  await db.alerts.contact(id, ANNA, 'call', '');
  expect(await deliverAll()).toEqual([]);
  expect(await row(message)).toMatchObject({ state: 'gone', last_error: 'no longer applies' });
});

test('a reminder in the thread is dropped once the lead is claimed', async () => {
  const id = await aPostedCard();
  const message = await nudge(id, {
    kind: 'reminder',
    to: ANNA,
    payload: { since: '2026-01-01T00:00:00Z' },
  });
  await db.alerts.claim(id, BEN);
  expect(await deliverAll()).toEqual([]);
  expect(await row(message)).toMatchObject({ state: 'gone' });
});

test('a nudge that is too late is dropped, and its step is taken again', async () => {
  const id = await aClaimedLead();
  const message = await nudge(id, { kind: 'warning', to: ANNA, sendBy: -1 });
  expect(await deliverAll()).toEqual([]);
  expect(await row(message)).toMatchObject({ state: 'gone', last_error: 'too late' });
  expect(await steps()).toEqual([]);
  expect(await isLookedAtAgain(id)).toBe(true);
});

test('a late one whose post is unclear is searched for, and never posted again', async () => {
  const id = await aClaimedLead();
  const message = await nudge(id, { kind: 'warning', to: ANNA });
  const [direct] = await take();
  if (direct === undefined) throw new Error('expected a direct message');
  await confirm(direct, { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await db.sql(
    `update lead_bot.messages set payload = payload || '{"send_by": "2020-01-01T00:00:00Z"}' where id = $1`,
    [message],
  );
  const actions: string[] = [];
  for (let n = 0; n < 5; n++) {
    await later('1 minute');
    for (const again of await take()) {
      actions.push(again.action);
      await confirm(again, { kind: 'missing', settleMs: 0 });
    }
  }
  expect(actions).toEqual(['look', 'look', 'look', 'look']);
  expect(await row(message)).toMatchObject({ state: 'gone' });
  expect(await steps()).toEqual([]);
});

test('a nudge that two searches did not find is not posted again about what is done', async () => {
  const id = await aClaimedLead();
  const message = await nudge(id, { kind: 'warning', to: ANNA });
  const next = async () => (await take()).find(({ messageId }) => messageId === message);
  const attempt = async (action: string, outcome: Outcome) => {
    const direct = await next();
    if (direct === undefined) throw new Error('expected a direct message');
    expect(direct.action).toBe(action);
    await confirm(direct, outcome);
    await later('62 seconds');
  };
  await attempt('post', { kind: 'unclear', reason: 'timeout', settleMs: 0 });
  await db.alerts.contact(id, ANNA, 'call', '');
  await attempt('look', { kind: 'missing', settleMs: 0 });
  await attempt('look', { kind: 'missing', settleMs: 0 });
  expect(await next()).toBeUndefined();
  // It may have arrived all the same, so it is searched for now, and a minute later.
  await attempt('look', { kind: 'missing', settleMs: 0 });
  await attempt('look', { kind: 'missing', settleMs: 0 });
  expect(await row(message)).toMatchObject({ state: 'gone' });
  expect(await steps()).toEqual([]);
});

test('a lead that cools for a moment is warned about once it is hot again', async () => {
  const id = await aClaimedLead();
  await nudge(id, { kind: 'warning', to: ANNA });
  await db.sql('update lead_bot.alerts set cooling_since = now()');
  expect(await deliverAll()).toEqual([]);
  expect(await steps()).toEqual([]);
});

test('a step that several managers are told of is done if one of them is', async () => {
  const id = await aPostedCard();
  const late = await nudge(id, { kind: 'escalation', to: BEN, sendBy: -1 });
  const onTime = await nudge(id, { kind: 'escalation', to: MAX });
  expect(await deliverAll()).toMatchObject([{ channel: MAX }]);
  expect(await row(late)).toMatchObject({ state: 'gone' });
  expect(await steps()).toEqual([{ alert_id: id, kind: 'escalation', message_id: onTime }]);
});

test.each([
  ['escalation', 'escalation'],
  ['kept-again', 'escalation'],
  ['follow-up', 'follow-up'],
] as const)('%s waits for nobody who has muted %s', async (kind, mutedKind) => {
  const id = kind === 'escalation' ? await aPostedCard() : await aClaimedLead();
  if (kind === 'kept-again') await db.sql('update lead_bot.alerts set keeps = 2');
  if (kind === 'follow-up') await db.alerts.contact(id, ANNA, 'call', '');
  await deliverAll();
  const message = await nudge(id, { kind, to: ANNA });
  await mute(ANNA, mutedKind);
  expect(await deliverAll()).toEqual([]);
  expect(await row(message)).toMatchObject({
    state: 'gone',
    last_error: 'turned off by its reader',
  });
  expect(await steps()).toHaveLength(1);
});

test('direct messages of the other kinds go out all the same', async () => {
  const id = await aClaimedLead();
  await nudge(id, { kind: 'warning', to: ANNA });
  for (const kind of ['offer', 'hand-over', 'morning', 'follow-up', 'news', 'escalation']) {
    await mute(ANNA, kind);
  }
  expect(await deliverAll()).toMatchObject([{ channel: ANNA }]);
});

test('an offer and a hand-over are not sent to whoever has turned them off', async () => {
  const [offered = '', handed = ''] = await claimed(2);
  await db.alerts.release(offered, ANNA);
  await db.sql('update lead_bot.alerts set offer_due_at = now() where id = $1', [offered]);
  await mute(MAX, 'offer');
  await mute(MAX, 'hand-over');
  await db.sql(`select public.lead_bot_offer($1, $2, 'owner', now() + interval '1 hour')`, [
    offered,
    MAX,
  ]);
  await db.alerts.handOver(handed, ANNA, MAX, '');
  const posted = await deliverAll();
  expect(posted.filter(({ channel }) => channel === MAX)).toEqual([]);
  const offers = await db.sql('select from lead_bot.offers where ended_at is null');
  expect(offers).toHaveLength(1);
});

test('news that comes too late goes under the card without the mention', async () => {
  const id = await aClaimedLead();
  await nudge(id, {
    kind: 'news',
    to: null,
    sendBy: -1,
    payload: { owner: ANNA, contacted: false, items: [CHAMPION] },
  });
  expect(await deliverAll()).toMatchObject([
    {
      channel: CHANNEL,
      content: { notice: { kind: 'news', owner: null, items: [{ who: 'Zoe' }] } },
    },
  ]);
  expect(await steps()).toHaveLength(1);
});

test('a return that could not be told in time is told in the thread, mentioning nobody', async () => {
  const alert = await aClaimedLead();
  await db.sql(
    `insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload)
     select 'notice', $1::uuid, c.id, c.channel, 'test:expired',
            jsonb_build_object('kind', 'expired', 'owner', $2::text, 'send_by', now() - interval '1 hour')
       from lead_bot.messages c where c.dedupe_key = 'card:' || $1::text`,
    [alert, ANNA],
  );
  const posted = await deliverAll();
  expect(posted).toMatchObject([{ content: { notice: { kind: 'expired', owner: null } } }]);
});

test.each(['gave the lead away', 'snoozed it', 'has turned news off'])(
  'an owner who %s is not mentioned with news',
  async (how) => {
    const id = await aClaimedLead();
    const message = await nudge(id, {
      kind: 'news',
      to: null,
      payload: { owner: ANNA, contacted: false, items: [CHAMPION] },
    });
    if (how === 'gave the lead away') await db.alerts.release(id, ANNA);
    else if (how === 'snoozed it') {
      await db.alerts.snooze(id, ANNA, new Date(Date.now() + 3_600_000));
    } else await mute(ANNA, 'news');
    await deliverAll();
    expect(await row(message)).toMatchObject({ state: 'posted', payload: { owner: null } });
  },
);

test('its owner is mentioned with news in time', async () => {
  const id = await aClaimedLead();
  const payload = { owner: ANNA, contacted: false, items: [CHAMPION] };
  await nudge(id, { kind: 'news', to: null, payload });
  expect(await deliverAll()).toMatchObject([{ content: { notice: { owner: ANNA } } }]);
});

test('what waits for a morning is no backlog', async () => {
  const id = await aClaimedLead();
  await db.sql(
    `select lead_bot.want_dm($1, 'warning', $2, '{}', now() + interval '9 hours'),
            lead_bot.want_reply($1, 'cold', jsonb_build_object('owner', $2::text), now() + interval '9 hours')`,
    [id, ANNA],
  );
  expect(await readHealth(db.database)).toMatchObject({ waiting: 0, oldestWaitingSeconds: 0 });
});

test('a list is drawn with one short row per lead', async () => {
  const ids = await claimed(4);
  await dueList(ids.map((id) => [id, 'warning']));
  const [list, ...others] = await deliverAll();
  expect(others).toEqual([]);
  expect(list).toMatchObject({
    channel: ANNA,
    content: {
      kind: 'dm-list',
      list: {
        kind: 'due',
        total: 4,
        rows: ids.map((id) => ({
          section: 'warning',
          picture: { alert: { id }, events: [], account: { signals: [] } },
        })),
      },
    },
  });
});

test('what was done meanwhile is not in the list', async () => {
  const [done = '', waiting = '', news = ''] = await claimed(3);
  const list = await dueList([
    [done, 'warning'],
    [waiting, 'warning'],
    [news, 'news'],
  ]);
  await db.alerts.contact(done, ANNA, 'call', '');
  await db.alerts.handOver(news, ANNA, BEN, '');
  const posted = await deliverAll();
  expect(posted.find(({ channel }) => channel === ANNA)?.content).toMatchObject({
    list: { total: 1, rows: [{ picture: { alert: { id: waiting } } }] },
  });
  expect((await payload(list)).news).toEqual({});
  const [reply] = posted.filter(
    ({ content }) => content.kind === 'notice' && content.notice.kind === 'news',
  );
  expect(reply).toMatchObject({ content: { notice: { owner: null } } });
  expect(await steps()).toEqual(
    expect.arrayContaining([
      { alert_id: waiting, kind: 'warning', message_id: list },
      { alert_id: news, kind: 'news', message_id: reply?.messageId },
    ]),
  );
  expect(await steps()).toHaveLength(2);
});

test('a list loses the rows that its reader has turned off, and goes if none is left', async () => {
  const [warned = '', contacted = ''] = await claimed(2);
  await db.alerts.contact(contacted, ANNA, 'call', '');
  await deliverAll();
  await mute(ANNA, 'follow-up');
  await dueList([
    [warned, 'warning'],
    [contacted, 'follow-up'],
  ]);
  expect(await deliverAll()).toMatchObject([
    { content: { list: { total: 1, rows: [{ section: 'warning' }] } } },
  ]);
  await db.sql('delete from lead_bot.steps');
  const empty = await dueList([[contacted, 'follow-up']]);
  expect(await deliverAll()).toEqual([]);
  expect(await row(empty)).toMatchObject({ state: 'gone' });
  expect(await steps()).toHaveLength(1);
});

test('a list that is too late goes, and all its steps are taken again but news', async () => {
  const [warned = '', news = ''] = await claimed(2);
  const list = await dueList(
    [
      [warned, 'warning'],
      [news, 'news'],
    ],
    -1,
  );
  expect(await deliverAll()).toMatchObject([
    {
      channel: CHANNEL,
      content: { notice: { kind: 'news', owner: null, items: [{ who: 'Zoe' }] } },
    },
  ]);
  expect(await row(list)).toMatchObject({
    state: 'gone',
    last_error: 'too late',
  });
  expect((await payload(list)).news).toEqual({});
  expect(await steps()).toEqual([
    { alert_id: news, kind: 'news', message_id: expect.not.stringContaining(list) },
  ]);
  expect(await isLookedAtAgain(warned)).toBe(true);
});

test('while its alert is being changed, a late message waits', async () => {
  const id = await aClaimedLead();
  const message = await nudge(id, { kind: 'warning', to: ANNA, sendBy: -1 });
  await inOtherTransaction(db, async (gesture) => {
    await gesture.query('select from lead_bot.alerts where id = $1 for no key update', [id]);
    expect(await take()).toEqual([]);
    expect(await row(message)).toMatchObject({ state: 'pending' });
    await gesture.query('commit');
  });
  expect(await take()).toEqual([]);
  expect(await row(message)).toMatchObject({ state: 'gone' });
});

test('posting a nudge locks no alert', async () => {
  const id = await aClaimedLead();
  await nudge(id, { kind: 'warning', to: ANNA });
  await inOtherTransaction(db, async (gesture) => {
    await gesture.query('select from lead_bot.alerts where id = $1 for update', [id]);
    expect(await take()).toMatchObject([{ action: 'post', channel: ANNA }]);
  });
});

test('what a bot cannot draw it neither takes nor drops', async () => {
  const id = await aClaimedLead();
  const message = await nudge(id, { kind: 'warning', to: ANNA, sendBy: -1 });
  const [taken] = await db.sql<{ work: unknown[] }>(
    `select public.lead_bot_take(8, 60, '{card,held-card,rollup,digest,dm,joined}') -> 'work' as work`,
  );
  expect(taken?.work).toEqual([]);
  expect(await row(message)).toMatchObject({ state: 'pending' });
});

test('a warning that reaches nobody is in the thread, and counts from there', async () => {
  const id = await aClaimedLead();
  await nudge(id, { kind: 'warning', to: ANNA, payload: { until: '2030-01-01T00:00:00Z' } });
  const [direct] = await take();
  if (direct === undefined) throw new Error('expected a direct message');
  await confirm(direct, REFUSED);
  const posted = await deliverAll();
  expect(posted).toMatchObject([
    {
      channel: CHANNEL,
      threadTs: expect.any(String),
      content: { notice: { kind: 'warned', owner: ANNA, until: new Date('2030-01-01') } },
    },
  ]);
  expect(await steps()).toMatchObject([{ kind: 'warning', message_id: posted[0]?.messageId }]);
});

test.each([
  ['the owner reached out', 'contact'],
  ['the lead was released', 'release'],
] as const)('the thread is silent once %s', async (_, how) => {
  const id = await aClaimedLead();
  await nudge(id, { kind: 'warning', to: ANNA });
  const [direct] = await take();
  if (direct === undefined) throw new Error('expected a direct message');
  if (how === 'contact') await db.alerts.contact(id, ANNA, 'call', '');
  else await db.alerts.release(id, ANNA);
  await confirm(direct, REFUSED);
  expect(await db.sql(`select from lead_bot.messages where payload ->> 'kind' = 'warned'`)).toEqual(
    [],
  );
});

test('a warning about a lead without a card posts the card first', async () => {
  await addLead(db);
  await db.poll({ firstRun: 'rollup' });
  const id = await db.onlyAlert();
  await db.alerts.claim(id, ANNA);
  await deliverAll();
  await db.sql('update lead_bot.poll_state set alert_channel = $1', [CHANNEL]);
  await nudge(id, { kind: 'warning', to: ANNA });
  const [direct] = await take();
  if (direct === undefined) throw new Error('expected a direct message');
  await confirm(direct, REFUSED);
  const posted = await deliverAll();
  expect(posted.map(({ content }) => content.kind)).toEqual(['card', 'notice']);
});

test('so does one about a lead whose card was deleted', async () => {
  const id = await aClaimedLead();
  await db.sql(`update lead_bot.messages set state = 'gone' where kind = 'card'`);
  await db.sql('update lead_bot.poll_state set alert_channel = $1', [CHANNEL]);
  await nudge(id, { kind: 'warning', to: ANNA });
  const [direct] = await take();
  if (direct === undefined) throw new Error('expected a direct message');
  await confirm(direct, REFUSED);
  const posted = await deliverAll();
  expect(posted.map(({ content }) => content.kind)).toEqual(['card', 'notice']);
});

test('a list that reaches nobody becomes a reply for each warning and news in it', async () => {
  const ids = await claimed(3);
  const [first = '', second = '', third = ''] = ids;
  await db.sql(`update lead_bot.alerts set due_at = '2030-01-01T00:00:00Z'`);
  await dueList([
    [first, 'warning'],
    [second, 'warning'],
    [third, 'news'],
  ]);
  const [direct] = await take();
  if (direct === undefined) throw new Error('expected a direct message');
  await confirm(direct, REFUSED);
  const posted = await deliverAll();
  expect(posted.map(({ content }) => (content.kind === 'notice' ? content.notice : null))).toEqual(
    expect.arrayContaining([
      { kind: 'warned', owner: ANNA, until: new Date('2030-01-01') },
      { kind: 'warned', owner: ANNA, until: new Date('2030-01-01') },
      expect.objectContaining({ kind: 'news', owner: ANNA }),
    ]),
  );
  expect(new Set((await steps()).map(({ message_id }) => message_id))).toEqual(
    new Set(posted.map(({ messageId }) => messageId)),
  );
});

test('a list is kept current for 18 hours', async () => {
  const [first = '', second = ''] = await claimed(2);
  await dueList([
    [first, 'warning'],
    [second, 'warning'],
  ]);
  await deliverAll();
  const postedEarlier = (hours: number) =>
    db.sql('update lead_bot.messages set posted_at = posted_at - make_interval(hours => $1)', [
      hours,
    ]);
  const redrawn = async () => {
    const due = await take();
    for (const delivery of due) await shown(delivery, delivery.address?.ts);
    return due.filter(({ content }) => content.kind === 'dm-list').length;
  };
  await postedEarlier(17);
  await db.alerts.contact(first, ANNA, 'call', '');
  expect(await redrawn()).toBe(1);
  await postedEarlier(2);
  await db.alerts.contact(second, ANNA, 'call', '');
  expect(await redrawn()).toBe(0);
});

test('a refused list and a gesture on one of its leads wait for each other in one order', async () => {
  const ids = await claimed(2);
  await dueList(ids.map((id) => [id, 'warning']));
  const [direct] = await take();
  if (direct === undefined) throw new Error('expected a direct message');
  const [id] = ids.toSorted();
  await inOtherTransaction(db, async (gesture) => {
    await gesture.query('select from lead_bot.alerts where id = $1 for no key update', [id]);
    const confirmed = confirm(direct, REFUSED);
    await untilBlocked(db);
    await gesture.query(`select public.lead_bot_contact($1, $2, 'call', '')`, [id, ANNA]);
    await gesture.query('commit');
    expect(await confirmed).toBe(true);
  });
  const warned = await db.sql(
    `select alert_id from lead_bot.messages where payload ->> 'kind' = 'warned'`,
  );
  expect(warned).toEqual([{ alert_id: ids.find((other) => other !== id) }]);
});

test('a client never sees what an alert compares itself with', async () => {
  const id = await aClaimedLead();
  await db.sql(`update lead_bot.alerts set known = '{"leads": []}', news = '[]'`);
  const [answer] = await db.sql<{ picture: { alert: object } }>(
    'select picture from lead_bot.alerts_json(array[$1::uuid], false)',
    [id],
  );
  expect(Object.keys(answer?.picture.alert ?? {})).not.toContain('known');
  expect(Object.keys(answer?.picture.alert ?? {})).not.toContain('news');
});
