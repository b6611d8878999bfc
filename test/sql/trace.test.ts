import { expect, test } from 'vitest';
import { readTrace } from '../../src/adapters/supabase-trace.ts';
import type { Trace } from '../../src/core/trace.ts';
import { botDatabase, CHANNEL } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { ADDRESS, outboxStage } from '../support/outbox-stage.ts';
import { failed, outcomeStage } from '../support/outcome-stage.ts';

const db = await botDatabase();
const { takeOne, confirm, shown, later } = outboxStage(db);
const webhooks = outcomeStage(db);

/** What happened to a company, which must be known. */
async function trace(domain = 'acme.example', days: number | null = null): Promise<Trace> {
  const answer = await readTrace(db.database, { keys: [domain], emails: [], days });
  if (answer === null) throw new Error('nobody is known');
  return answer;
}

async function ofPerson(email: string): Promise<Trace> {
  const answer = await readTrace(db.database, { keys: [], emails: [email], days: null });
  if (answer === null) throw new Error('nobody is known');
  return answer;
}

const kinds = ({ entries }: Trace): string[] =>
  entries.map((entry) => (entry.kind === 'event' ? entry.event : entry.kind));

/** A lead that turns hot and gets a card; returns the developer's id. */
async function turnedHot(email?: string): Promise<string> {
  const lead = await addLead(db, { score: 62, ...(email === undefined ? {} : { email }) });
  await rescore(db, lead, 88);
  await db.poll();
  return lead;
}

test('tells a lead in order, from its score to the card and the gestures', async () => {
  await db.poll();
  const developerId = await turnedHot();
  const alertId = await db.onlyAlert();
  await shown(await takeOne());
  await db.alerts.claim(alertId, 'U1');
  await shown(await takeOne());
  await db.alerts.contact(alertId, 'U1', 'call', 'A secret note');
  const told = await trace();
  expect(kinds(told)).toEqual([
    'crossing',
    'noticed',
    'opened',
    'queued',
    'sent',
    'claimed',
    'sent',
    'contacted',
  ]);
  expect(told).toMatchObject({
    accountKey: 'acme.example',
    asked: [],
    olderAlerts: 0,
    more: false,
    alerts: [{ id: alertId, status: 'contacted', owner: 'U1', openedScore: 88, closedAt: null }],
    entries: [
      { developerId, before: 62, score: 88, fate: 'card', alertId },
      { developerId, since: told.entries[0]?.at },
      { actor: null, developerId },
      { message: 'card', channel: CHANNEL, replaces: false },
      { isFirst: true, ts: ADDRESS.ts, channel: CHANNEL, tries: 1, found: false },
      { actor: 'U1' },
      { isFirst: false, takenAt: expect.any(Date) },
      { actor: 'U1', detail: 'call' },
    ],
    waiting: [{ message: 'card', state: 'posted', removal: null, isTaken: true }],
  });
  expect(JSON.stringify(told)).not.toMatch(/secret|Ada/);
});

test('what happened at one time stands in the order of its causes', async () => {
  await db.poll();
  await turnedHot();
  await shown(await takeOne());
  await db.sql(`
    set session_replication_role = replica;
    update lead_bot.crossings set at = now(), noted_at = now();
    update lead_bot.alert_events set at = now();
    update lead_bot.messages
       set created_at = now(), posted_at = now(), last_error = 'x', taken_at = now(),
           sends = jsonb_set(sends, '{0,at}', to_jsonb(now()));
    set session_replication_role = origin;`);
  expect(kinds(await trace())).toEqual([
    'crossing',
    'noticed',
    'opened',
    'queued',
    'sent',
    'tried',
  ]);
});

test('shows the newest five alerts and counts the others', async () => {
  await db.poll();
  await turnedHot();
  await db.sql(`
    update lead_bot.alerts set closed_at = now(), status = 'cooled' where true;
    insert into lead_bot.alerts (account_key, opened_at, closed_at, status)
    select 'acme.example', now() - make_interval(days => n), now() - make_interval(days => n, hours => -1), 'cooled'
      from generate_series(1, 6) n;
    update lead_bot.alert_leads set active = false where true;`);
  const all = await trace();
  expect(all.alerts).toHaveLength(5);
  expect(all.olderAlerts).toBe(2);
  expect(all.alerts.map(({ openedAt }) => openedAt.getTime())).toEqual(
    all.alerts.map(({ openedAt }) => openedAt.getTime()).sort((a, b) => b - a),
  );
  const lately = await trace('acme.example', 2);
  expect(lately.alerts).toHaveLength(3);
  expect(lately.olderAlerts).toBe(4);
});

test('with days, leaves out what happened earlier', async () => {
  await db.poll();
  await turnedHot();
  await db.sql(
    `update lead_bot.crossings set at = at - interval '3 days', noted_at = noted_at - interval '3 days'`,
  );
  expect(kinds(await trace('acme.example', 2))[0]).toBe('opened');
  expect(kinds(await trace('acme.example', 4))[0]).toBe('crossing');
});

test('of more than 2,000 entries the newest are told', async () => {
  await db.poll();
  await turnedHot();
  await db.sql(`
    insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, state, slack_channel, slack_ts, sends)
    select 'notice', c.alert_id, c.id, c.channel, 'reply:' || n, 'posted', c.channel, '1.1', (
             select jsonb_agg(jsonb_build_object('at', now() + make_interval(secs => s), 'version', s))
               from generate_series(1, 20) s
           )
      from lead_bot.messages c
     cross join generate_series(1, 150) n
     where c.kind = 'card'`);
  const { entries, more } = await trace();
  expect(more).toBe(true);
  expect(entries).toHaveLength(2_000);
  expect(entries.at(-1)).toMatchObject({ kind: 'sent', version: 20 });
});

test('of a developer tells what concerns them, and nothing of colleagues', async () => {
  await db.poll();
  const ada = await turnedHot('ada@acme.example');
  const bob = await turnedHot('bob@acme.example');
  const told = await ofPerson('BOB@acme.example');
  expect(told.asked).toEqual([bob]);
  expect(told.alerts).toHaveLength(1);
  expect(JSON.stringify(told)).not.toContain(ada);
  expect(kinds(told)).toEqual(expect.arrayContaining(['crossing', 'joined']));
  expect(kinds(told)).not.toContain('opened');
});

test('leaves out alerts that a developer is in none of', async () => {
  await db.poll();
  await turnedHot('ada@acme.example');
  await addLead(db, { email: 'bob@acme.example', score: 40 });
  expect(await ofPerson('bob@acme.example')).toMatchObject({ alerts: [], entries: [] });
});

test('knows nobody who is in no table', async () => {
  expect(
    await readTrace(db.database, { keys: ['x.example'], emails: ['a@x.example'], days: null }),
  ).toBeNull();
});

test('tells why a lead got no card, and when a poll noticed', async () => {
  await db.poll();
  await addLead(db, { domain: 'aside.example', email: `${'a'.repeat(400)}@aside.example` });
  await db.poll();
  expect(await trace('aside.example')).toMatchObject({
    alerts: [],
    entries: [{ kind: 'crossing', fate: 'set-aside', alertId: null }, { kind: 'noticed' }],
  });
});

test('tells of a card that Slack refuses', async () => {
  await db.poll();
  await turnedHot();
  await confirm(await takeOne(), { kind: 'dead', reason: 'restricted_action' });
  expect((await trace()).entries.at(-1)).toMatchObject({
    kind: 'tried',
    state: 'dead',
    error: 'restricted_action',
    isLeased: false,
  });
});

test('tells of a bot that took a card and has not reported, and of the one that took over', async () => {
  await db.poll();
  await turnedHot();
  expect((await trace()).waiting).toMatchObject([{ state: 'pending', isTaken: false, tries: 0 }]);
  await takeOne();
  const taken = await trace();
  expect(taken.entries.at(-1)).toMatchObject({ kind: 'tried', isLeased: true, tries: 1 });
  expect(taken.waiting).toEqual([]);
  await later('2 minutes');
  await confirm(await takeOne(), { kind: 'found', address: ADDRESS });
  expect((await trace()).entries.at(-1)).toMatchObject({
    kind: 'sent',
    isFirst: true,
    found: true,
    lostLeases: 1,
    tries: 2,
  });
  await db.alerts.claim(await db.onlyAlert(), 'U1');
  await shown(await takeOne());
  expect((await trace()).entries.at(-1)).toMatchObject({ kind: 'sent', lostLeases: 0 });
});

test('a message from before sends were noted has its first post, by an unknown bot', async () => {
  await db.poll();
  await turnedHot();
  await shown(await takeOne());
  await db.sql(
    `update lead_bot.messages set sends = null, posted_at = posted_at - interval '1 hour'`,
  );
  const told = await trace();
  const sent = told.entries.filter(({ kind }) => kind === 'sent');
  expect(sent).toMatchObject([{ isFirst: true, bot: null, takenAt: null, version: null }]);
});

test.each([
  [19, []],
  [21, [3]],
])('of a message sent %i times, updates are no longer known before %j', async (times, after) => {
  await db.poll();
  await turnedHot();
  await shown(await takeOne());
  await db.sql(
    `update lead_bot.messages m
        set sends = (
          select jsonb_agg(jsonb_build_object('at', m.posted_at + make_interval(mins => n - 1), 'version', n))
            from generate_series(1, $1) n
           where $1 <= 20 or n <> 2
        )`,
    [times],
  );
  const sent = (await trace()).entries.filter((entry) => entry.kind === 'sent');
  expect(sent).toHaveLength(Math.min(times, 20));
  expect(sent.flatMap(({ afterGap, version }) => (afterGap ? [version] : []))).toEqual(after);
});

test('tells of a roll-up what it tells of a card', async () => {
  await db.poll({ firstRun: 'rollup' });
  await addLead(db, { domain: 'one.example' });
  await addLead(db, { domain: 'two.example' });
  await db.poll({ maxCardsPerPoll: 1 });
  const told = [await trace('one.example'), await trace('two.example')].map(({ entries }) =>
    entries.find(({ kind }) => kind === 'queued'),
  );
  expect(told.map((entry) => (entry?.kind === 'queued' ? entry.message : null)).sort()).toEqual([
    'card',
    'rollup',
  ]);
});

test('keeps to what is left of an alert whose personal data is gone', async () => {
  await db.poll();
  const lead = await turnedHot();
  await shown(await takeOne());
  await db.sql(
    `update lead_bot.alerts set closed_at = now() - interval '400 days', status = 'cooled'`,
  );
  await db.sql(`update lead_bot.alert_leads set active = false`);
  await db.tidy(365);
  await db.sql('delete from public.developer_signups where id = $1', [lead]);
  const told = await trace();
  expect(told.alerts).toMatchObject([{ scrubbedAt: expect.any(Date) }]);
  expect(kinds(told)).toEqual(expect.arrayContaining(['crossing', 'opened', 'sent']));
});

test('after an erasure the company is unknown', async () => {
  await db.poll();
  await turnedHot();
  await db.sql(`select lead_bot.erase_company('acme.example')`);
  expect(
    await readTrace(db.database, { keys: ['acme.example'], emails: [], days: null }),
  ).toBeNull();
});

test('tells which webhooks were delivered, and which wait', async () => {
  await webhooks.turnOn();
  await db.poll();
  await turnedHot();
  await webhooks.confirm(await webhooks.takeOne());
  await db.alerts.claim(await db.onlyAlert(), 'U1');
  await db.alerts.release(await db.onlyAlert(), 'U1');
  await webhooks.confirm(await webhooks.takeOne(), failed());
  const told = await trace();
  expect(told.entries.filter(({ kind }) => kind === 'webhook')).toMatchObject([
    { type: 'lead.opened', sequence: 1, delivered: true, tries: 1, error: null },
  ]);
  expect(told.webhooks).toMatchObject([
    { type: 'lead.claimed', sequence: 2, tries: 1, dueAt: expect.any(Date) },
    { type: 'lead.released', sequence: 3, tries: 0, dueAt: null, error: null },
  ]);
});
