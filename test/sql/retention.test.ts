import { expect, test } from 'vitest';
import { tidy } from '../../src/adapters/supabase-upkeep.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { botDatabase } from '../support/bot-database.ts';
import { placesOf } from '../support/erasure.ts';
import { addLead, rescore } from '../support/leads.ts';
import { outboxStage } from '../support/outbox-stage.ts';

const db = await botDatabase();
const { take, takeOne, confirm, shown, later } = outboxStage(db);

/**
 * What each column of the bot's tables may contain. Add every new column here, and one with personal data
 * to `lead_bot.scrub_alerts` and `lead_bot.erase_leads` too.
 *
 * personal: data about a person at a company · id: of such a person, dangling once the lead row is gone ·
 * company: names a company · staff: Slack user id of an AE · plain: none of these.
 */
const COLUMNS: Record<string, Record<string, readonly string[]>> = {
  access_refusals: {
    staff: ['actor'],
    plain: ['id', 'at', 'team', 'channel', 'action', 'why', 'alert_id'],
  },
  alerts: {
    personal: ['contact_note'],
    company: ['account_key'],
    staff: ['owner', 'hold_by', 'handed_by', 'handed_from'],
    id: ['known', 'news'],
    plain: [
      'id',
      'waits_since',
      'keeps',
      'due_at',
      'step_due_at',
      'news_told_at',
      'status',
      'hold',
      'held_at',
      'hold_until',
      'hold_score',
      'hold_reason',
      'outcome',
      'outcome_at',
      'outcome_until',
      'touches',
      'told_cold_at',
      'handed_at',
      'offer_due_at',
      'opened_at',
      'closed_at',
      'cooling_since',
      'claimed_at',
      'contacted_at',
      'contact_method',
      'scrubbed_at',
      'score',
      'opened_figures',
      'examined_at',
      'redraw_due_at',
      'channel',
      'channel_unfit',
      'merged_into',
      'opened_score',
      'reasons',
      'first_claimed_at',
      'claimed_in_time',
      'first_contacted_at',
      'contacted_in_time',
    ],
  },
  alert_notes: {
    personal: ['body'],
    staff: ['author'],
    plain: ['id', 'alert_id', 'at', 'kind', 'word'],
  },
  undos: {
    staff: ['actor', 'before'],
    plain: ['alert_id', 'id', 'at', 'kind', 'note_id', 'reply_id', 'offer_id', 'dm_id'],
  },
  offers: {
    staff: ['holder', 'instead_of'],
    plain: ['id', 'alert_id', 'source', 'made_at', 'until', 'ended_at', 'ended'],
  },
  steps: { plain: ['alert_id', 'kind', 'period', 'at', 'message_id', 'bot'] },
  muted: { staff: ['person'], plain: ['kind', 'at'] },
  away: { staff: ['person', 'cover'], plain: ['id', 'since', 'until'] },
  alert_leads: {
    id: ['developer_id'],
    plain: [
      'alert_id',
      'entered_at',
      'left_at',
      'score_at_entry',
      'active',
      'score',
      'missing_since',
    ],
  },
  alert_events: {
    id: ['developer_id'],
    staff: ['actor', 'target'],
    plain: ['id', 'alert_id', 'at', 'kind', 'detail', 'from_status', 'to_status', 'bot'],
  },
  messages: {
    personal: ['payload'],
    id: ['dedupe_key'],
    plain: [
      'id',
      'kind',
      'alert_id',
      'parent_id',
      'channel',
      'created_at',
      'wanted_version',
      'shown_version',
      'shown_hash',
      'urgent',
      'state',
      'slack_channel',
      'slack_ts',
      'posted_at',
      'plain',
      'next_try_at',
      'looked_at',
      'attempts',
      'attempted_at',
      'attempted_version',
      'looks',
      'recheck_at',
      'lease_token',
      'lease_until',
      'last_error',
      'refusals',
      'redraw_at',
      'queue',
      'removal',
      'redaction',
      'replaces_channel',
      'replaces_ts',
      'taken_at',
      'taken_by',
      'lost_leases',
      'sends',
      'due_at',
      'rank',
    ],
  },
  seen_requests: { plain: ['fingerprint', 'seen_at'] },
  message_alerts: { plain: ['message_id', 'alert_id', 'section', 'position'] },
  card_channels: {
    plain: ['channel', 'used_at', 'first_rollup', 'storm_rollup', 'refused', 'refused_at'],
  },
  channels: {
    plain: ['channel', 'next_post_at', 'paused_until', 'pauses', 'pause_reason', 'next_update_at'],
  },
  // Unprocessed marks, and figures: scores, components, usage.
  lead_marks: { id: ['developer_id'], plain: ['id', 'hot', 'score', 'before', 'at'] },
  crossings: {
    id: ['developer_id'],
    plain: ['id', 'at', 'score', 'before', 'fate', 'alert_id', 'noted_at', 'bot'],
  },
  lead_pictures: {
    company: ['account_hash'],
    id: ['developer_id'],
    plain: ['taken_at', 'picture', 'hot', 'score', 'figures'],
  },
  outcome_endpoints: {
    plain: ['fingerprint', 'seen_at', 'failures', 'paused_until', 'probe', 'reason', 'gone_at'],
  },
  outcome_queues: { plain: ['alert_id', 'written', 'is_cold', 'due_at', 'lease_token'] },
  outcomes: {
    staff: ['owner'],
    plain: [
      'id',
      'alert_id',
      'sequence',
      'event_id',
      'at',
      'type',
      'facts',
      'state',
      'attempts',
      'give_up_at',
      'done_at',
      'last_error',
      'bot',
    ],
  },
  past_alerts: { plain: ['alert_id', 'over_at'] },
  poll_state: {
    plain: [
      'only_row',
      'first_poll_at',
      'mass_change_at',
      'storm_since',
      'storm_cards',
      'storm_rollup',
      'first_rollup',
      'history_days',
      'alert_channel',
      'rekey_after',
      'deadlines',
      'new_blocks_refused_at',
    ],
  },
  mail_providers: { plain: ['domain', 'gives_addresses', 'by_hand'] },
  sweep_state: {
    id: ['picture_after'],
    plain: [
      'only_row',
      'due_at',
      'swept_at',
      'ms',
      'missing',
      'slowest_call',
      'slowest_ms',
      'slowest_at',
    ],
  },
  migrations: { plain: ['name', 'checksum', 'applied_at'] },
  applied_files: { plain: ['name', 'checksum', 'state', 'applied_at'] },
};

test('every column is classified as personal data or not', async () => {
  const columns = await db.sql<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns c
       join pg_class t on t.oid = format('lead_bot.%I', c.table_name)::regclass and t.relkind = 'r'
      where table_schema = 'lead_bot'`,
  );
  const known = Object.entries(COLUMNS).flatMap(([table, classes]) =>
    Object.values(classes).flatMap((names) => names.map((name) => `${table}.${name}`)),
  );
  expect(columns.map(({ name }) => name).sort()).toEqual(known.sort());
});

/** A closed alert of two people, with an AE's note and all its messages posted. */
async function aClosedAlert(): Promise<string> {
  const ada = await addLead(db, { name: 'Ada Canary', email: 'ada@acme.example' });
  await db.poll();
  const id = await db.onlyAlert();
  await shown(await takeOne(), '10.1');
  const ben = await addLead(db, { name: 'Ben Canary', email: 'ben@acme.example' });
  await db.poll();
  await db.sql(`update lead_bot.poll_state set first_poll_at = now() - interval '1 hour'`);
  await db.digests.request('C0DIGEST', '2026-03-02', new Date());
  await db.alerts.claim(id, 'U0ANNA');
  await db.alerts.contact(id, 'U0ANNA', 'call', 'Canary sings');
  for (const lead of [ada, ben]) await rescore(db, lead, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  await deliverAll();
  return id;
}

/** Delivers until nothing is due. Returns the drawings. */
async function deliverAll(): Promise<{ action: string; kind: string; drawn: string }[]> {
  const done: { action: string; kind: string; drawn: string }[] = [];
  for (;;) {
    await later('2 minutes');
    const due = await take();
    if (due.length === 0) return done;
    for (const [n, delivery] of due.entries()) {
      const { action, content } = delivery;
      const drawn = action === 'remove' ? '' : JSON.stringify(renderMessage(content, false, 'UTC'));
      done.push({ action, kind: content.kind, drawn });
      if (action === 'remove') await confirm(delivery, { kind: 'removed' });
      else await shown(delivery, delivery.address?.ts ?? `20.${done.length}${n}`);
    }
  }
}

test('a year after closing, neither the alert nor Slack holds personal data', async () => {
  const id = await aClosedAlert();
  await db.age('364 days');
  await db.tidy(365);
  expect((await db.alerts.find(id))?.alert.contactNote).toBe('Canary sings');

  await db.age('2 days');
  await db.tidy(365);
  const done = await deliverAll();
  expect(done.map(({ action, kind }) => `${action} ${kind}`).sort()).toEqual([
    'remove nothing',
    'update card',
    'update digest',
  ]);
  for (const { drawn } of done) expect(drawn).not.toMatch(/canary|ada@|ben@/i);
  const places = await placesOf(db, 'canary');
  expect(places.filter((place) => place.startsWith('lead_bot.'))).toEqual([]);
  expect(await db.sql('select from lead_bot.alert_leads')).toEqual([]);
});

test('a scrubbed alert keeps its company, times and AE', async () => {
  const id = await aClosedAlert();
  await db.age('366 days');
  await db.tidy(365);
  const picture = await db.alerts.find(id);
  expect(picture).toMatchObject({
    alert: { accountKey: 'acme.example', status: 'contacted', owner: 'U0ANNA' },
    account: { name: 'Acme', domain: 'acme.example', leads: [], stakeholders: [], signals: [] },
  });
  const kinds = picture?.events.map(({ kind, detail }) => `${kind} ${detail}`);
  expect(kinds).toContain('joined null');
  expect(kinds).toContain('contacted call');
});

test('nobody can note anything about a scrubbed alert', async () => {
  const id = await aClosedAlert();
  expect(await db.alerts.addNote(id, 'U0BEN', 'Before')).toMatchObject({ ok: true });
  await db.age('366 days');
  await db.tidy(365);
  expect(await db.alerts.addNote(id, 'U0BEN', 'After')).toMatchObject({
    ok: false,
    refusal: { why: 'over' },
  });
  expect(await placesOf(db, 'After')).toEqual([]);
});

test('a scrubbed alert without a company no longer shows an address', async () => {
  const id = await addLead(db, { domain: null, company: null, email: 'solo@canary.example' });
  await db.poll();
  // Older SQL treated such a lead as a company.
  await db.sql(`update lead_bot.alerts set account_key = 'lead:' || $1`, [id]);
  await db.sql(`update public.developer_signups set email = 'solo@gmx.de'`);
  await shown(await takeOne());
  await rescore(db, id, 50);
  await db.poll();
  await db.age('25 hours');
  await db.poll();
  await deliverAll();
  await db.age('366 days');
  await db.tidy(365);
  const [card] = await deliverAll();
  expect(card?.drawn).toContain('A developer');
  expect(card?.drawn).not.toContain('solo');
});

test('open alerts keep their data, however old', async () => {
  await addLead(db, { name: 'Ada Canary' });
  await db.poll();
  const id = await db.onlyAlert();
  await db.age('9000 days');
  await db.tidy(1);
  expect((await db.alerts.find(id))?.account.leads).toHaveLength(1);
});

test('tidying closes a claim that has been cold for a year, and none before', async () => {
  const lead = await addLead(db, { name: 'Ada Canary' });
  await db.poll();
  const id = await db.onlyAlert();
  await db.alerts.claim(id, 'U0ANNA');
  await rescore(db, lead, 50);
  await db.poll();
  const status = async () => (await db.alerts.find(id))?.alert.status;
  await db.age('364 days');
  await db.tidy(365);
  expect(await status()).toBe('claimed');
  await db.age('2 days');
  await db.tidy(365);
  expect(await status()).toBe('cooled');
});

test('tidying closes forgotten claims fifty at a time', async () => {
  await db.sql(
    `insert into lead_bot.alerts (account_key, status, owner, claimed_at, opened_at, cooling_since)
     select 'c' || n || '.example', 'claimed', 'U0ANNA', t, t, t
       from generate_series(1, 70) n, (select now() - interval '366 days' as t) x`,
  );
  const open = async () =>
    (await db.sql('select from lead_bot.alerts where closed_at is null')).length;
  expect(await tidy(db.database, 365, 730)).toBe(true);
  expect(await open()).toBe(20);
  expect(await tidy(db.database, 365, 730)).toBe(false);
  expect(await open()).toBe(0);
});

test('removes the uneditable card of a scrubbed alert', async () => {
  await aClosedAlert();
  await db.age('366 days');
  await db.tidy(365);
  await later('2 minutes');
  const due = await take();
  for (const delivery of due) {
    await (delivery.action === 'remove'
      ? confirm(delivery, { kind: 'removed' })
      : confirm(delivery, { kind: 'frozen', reason: 'edit_window_closed' }));
  }
  expect((await take()).map(({ action }) => action)).toEqual(['remove', 'remove']);
});

test('leaves a deleted card of a scrubbed alert alone', async () => {
  await aClosedAlert();
  await db.age('366 days');
  await db.tidy(365);
  await later('2 minutes');
  for (const delivery of await take()) {
    await confirm(delivery, { kind: 'gone', reason: 'message_not_found' });
  }
  expect(await deliverAll()).toEqual([]);
});

test('scrubs a thousand alerts an hour, fifty at a time', async () => {
  await db.sql(
    `insert into lead_bot.alerts (account_key, status, opened_at, closed_at)
     select 'c' || n || '.example', 'cooled', now() - interval '401 days', now() - interval '400 days'
       from generate_series(1, 1500) n`,
  );
  const scrubbed = async () =>
    (await db.sql('select from lead_bot.alerts where scrubbed_at is not null')).length;
  expect(await tidy(db.database, 365, 730)).toBe(true);
  expect(await scrubbed()).toBe(50);
  await db.tidy(365);
  expect(await scrubbed()).toBe(1000);
  await db.sql(`update lead_bot.alerts set scrubbed_at = scrubbed_at - interval '1 hour'`);
  await db.tidy(365);
  expect(await scrubbed()).toBe(1500);
});

test('a bot without a retention time keeps tidying and scrubs nothing', async () => {
  await aClosedAlert();
  await db.age('9000 days');
  await db.sql('select public.lead_bot_tidy()');
  expect(await db.sql('select from lead_bot.alerts where scrubbed_at is not null')).toEqual([]);
});

test('drops a note added after the alert was scrubbed', async () => {
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  await db.alerts.claim(id, 'U0ANNA');
  await db.sql(
    `update lead_bot.alerts set status = 'cooled', closed_at = now() - interval '400 days'`,
  );
  await db.tidy(365);
  expect(await db.alerts.contact(id, 'U0ANNA', 'call', 'Canary')).toMatchObject({ ok: true });
  expect(await placesOf(db, 'Canary')).toEqual([]);
});

test('crossings keep figures by id, without names', async () => {
  const id = await addLead(db, { name: 'Ada Canary', email: 'ada@canary.example', score: 70 });
  await rescore(db, id, 90);
  await db.poll();
  const kept = await db.sql(
    `select to_jsonb(c) as row from lead_bot.crossings c
     union all select to_jsonb(p) from lead_bot.lead_pictures p`,
  );
  expect(kept).not.toEqual([]);
  expect(JSON.stringify(kept)).not.toMatch(/canary|Call them/i);
});

test('the history refuses free text', async () => {
  await addLead(db);
  await db.poll();
  const id = await db.onlyAlert();
  for (const text of ['Ada Canary', 'ada@acme.example', '+49 170 1234567', 'Ada']) {
    await expect(
      db.sql(`select lead_bot.log_event($1, 'claimed', 'U0ANNA', $2, 'open', 'claimed')`, [
        id,
        text,
      ]),
    ).rejects.toMatchObject({ code: '23514' });
  }
});
