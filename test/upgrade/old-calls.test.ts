import { expect, test } from 'vitest';
import { z } from 'zod';
import { supabaseAlerts } from '../../src/adapters/supabase-alerts.ts';
import { connectDatabase } from '../../src/adapters/supabase-client.ts';
import { apply, query } from '../support/apply-sql.ts';
import { addLead, rescore } from '../support/leads.ts';
import { testDatabase } from '../support/supabase.ts';
import { readDump } from './load-dump.ts';
import { OLD_ANSWERS, whyUnreadable } from './old-contract.ts';
import { ALICE, BEN, CARDS, CHLOE, DIGESTS } from './old-workspace.ts';

const dump = await readDump(new Date(Date.now() - 10 * 60_000));
const db = await testDatabase({ empty: true });
await query(db.databaseUrl, dump.schema);
await query(db.adminUrl, dump.rows);
await apply(db.databaseUrl);

const database = connectDatabase({
  url: db.url,
  key: db.keyFor('lead_bot'),
  publishableKey: db.publishableKey,
});
const today = supabaseAlerts(database);

/** Calls a function as bots of 9bb4b54 do. */
function call<Name extends keyof typeof OLD_ANSWERS>(
  name: Name,
  args: Record<string, unknown>,
): Promise<z.infer<(typeof OLD_ANSWERS)[Name]>>;
function call(name: keyof typeof OLD_ANSWERS, args: Record<string, unknown>): Promise<unknown> {
  return database.call(name, args, OLD_ANSWERS[name]);
}

async function poll(): Promise<void> {
  const { entered } = await call('lead_bot_changes', { p_rearm_seconds: 86_400, p_limit: 5000 });
  const entries = entered.map((row) => ({ developer_id: row.developer_id, show: 'card' }));
  await call('lead_bot_record_poll', {
    p_plan: {
      channel: CARDS,
      rearm_seconds: 86_400,
      rollup_reason: null,
      unfinished: false,
      entries,
    },
  });
}

/** Draws everything that an old bot is given, and returns the names of what it couldn't have read. */
async function deliver(): Promise<string[]> {
  const unreadable: string[] = [];
  for (let round = 0; round < 40; round++) {
    await db.sql('update lead_bot.messages set next_try_at = now() where next_try_at > now()');
    await db.sql(
      'update lead_bot.channels set next_post_at = now(), paused_until = null, pauses = 0',
    );
    const { work } = await call('lead_bot_take', { p_limit: 20, p_lease_seconds: 60 });
    if (work.length === 0) return unreadable;
    for (const row of work) {
      const { id, token, version, action } = z
        .object({ id: z.guid(), token: z.guid(), version: z.number(), action: z.string() })
        .parse(row);
      const why = whyUnreadable(row);
      if (why !== null) unreadable.push(why);
      await call('lead_bot_confirm', {
        p_id: id,
        p_token: token,
        p_outcome:
          action === 'remove'
            ? { outcome: 'removed' }
            : { outcome: 'shown', version, hash: id, sent: true, channel: CARDS, ts: `1.${round}` },
      });
    }
  }
  throw new Error('There is always something to do.');
}

const histories = z.looseObject({
  picture: z.looseObject({
    alert: z.looseObject({ id: z.string() }),
    events: z.array(z.looseObject({ kind: z.string() })),
  }),
});

const idOf = async (key: string): Promise<string> => {
  const [row] = await db.sql<{ id: string }>(
    'select id from lead_bot.alerts where account_key = $1 and closed_at is null',
    [key],
  );
  return row?.id ?? '';
};

test('old bots poll, and can read every message that they are given', async () => {
  await call('lead_bot_resume', { p_alert_channel: CARDS, p_digest_channel: DIGESTS });
  await poll();
  expect(await deliver()).toEqual([]);
});

test('old bots record each gesture and can read the answer', async () => {
  const id = await idOf('open.example');
  const args = { p_alert_id: id, p_user: ALICE };
  expect(await call('lead_bot_claim', args)).toMatchObject({ ok: true });
  expect(await call('lead_bot_claim', { ...args, p_user: BEN })).toMatchObject({ ok: false });
  expect(await call('lead_bot_release', args)).toMatchObject({ ok: true });
  await call('lead_bot_claim', args);
  const contact = { ...args, p_method: 'email', p_note: 'Hello' };
  expect(await call('lead_bot_contact', contact)).toMatchObject({ ok: true });
  expect(await call('lead_bot_alert', { p_alert_id: id })).toMatchObject({
    alert: { status: 'contacted', contact_note: 'Hello' },
  });
});

test('old bots can look up, list and preview', async () => {
  const lookup = (key: string) =>
    call('lead_bot_lookup', { p_keys: [key], p_email: null, p_name: key });
  expect(await lookup('open.example')).toMatchObject({ kind: 'found' });
  expect(await lookup('stor')).toMatchObject({ kind: 'near' });
  expect(await lookup('zzzzzz')).toEqual({ kind: 'none' });
  const hot = await call('lead_bot_list', { p_owner: null, p_limit: 10 });
  expect(hot.alerts.length).toBeGreaterThan(5);
  await call('lead_bot_list', { p_owner: BEN, p_limit: 10 });
  await call('lead_bot_preview_digest', { p_channel: DIGESTS });
});

test('the other calls of old bots are answered', async () => {
  await call('lead_bot_health', {});
  await call('lead_bot_exposed', {});
  await call('lead_bot_tidy', { p_retention_days: 365 });
  expect(await call('lead_bot_first_seen', { p_fingerprint: 'a'.repeat(64) })).toBe(true);
  await call('lead_bot_refuse', {
    p_user: CHLOE,
    p_team: null,
    p_channel: CARDS,
    p_action: 'alert.claim',
    p_why: 'guest',
    p_alert_id: null,
  });
  const dueAt = new Date(Date.now() - 60_000).toISOString();
  const args = { p_channel: DIGESTS, p_local_date: '2030-01-01', p_due_at: dueAt };
  expect(await call('lead_bot_request_digest', args)).toBe('made');
  expect(await deliver()).toEqual([]);
});

test('bots that say what they can draw find each step in the history, whatever their version', async () => {
  await addLead(db, { domain: 'passed.example', company: 'passed' });
  await poll();
  const id = await idOf('passed.example');
  await today.claim(id, ALICE);
  await today.handOver(id, ALICE, BEN, '');
  await today.keep(id, BEN);
  await db.sql('update lead_bot.channels set next_post_at = now(), next_update_at = now()');
  const { work } = await database.call(
    'lead_bot_take',
    { p_limit: 20, p_lease_seconds: 60, p_sorts: ['card', 'held-card'] },
    z.object({ work: z.array(z.looseObject({ id: z.string(), alerts: z.array(histories) })) }),
  );
  const kinds = work
    .flatMap(({ alerts }) => alerts)
    .filter(({ picture }) => picture.alert.id === id)
    .flatMap(({ picture }) => picture.events.map(({ kind }) => kind));
  expect(kinds).toContain('handed-over');
  await db.sql('update lead_bot.messages set lease_token = null, lease_until = null where true');
});

test('old bots are not given what new bots began and they could not draw', async () => {
  const at = (days: number) => new Date(Date.now() + days * 86_400_000);
  const one = async (company: string) => {
    const id = await addLead(db, { domain: `${company}.example`, company });
    await poll();
    return { id: await idOf(`${company}.example`), lead: id };
  };
  const snoozed = await one('snoozed');
  await today.snooze(snoozed.id, ALICE, at(3));
  const unfit = await one('unfit');
  await today.notAFit(unfit.id, ALICE, 'customer', '', 86_400_000);
  const handed = await one('handed');
  await today.claim(handed.id, ALICE);
  await today.handOver(handed.id, ALICE, BEN, 'Yours');
  const kept = await one('kept');
  await today.claim(kept.id, ALICE);
  await today.handOver(kept.id, ALICE, BEN, 'Yours');
  await today.keep(kept.id, BEN);
  await today.addNote(kept.id, BEN, 'A note');
  const won = await one('won');
  await today.claim(won.id, CHLOE);
  await today.contact(won.id, CHLOE, 'call', '');
  await today.outcome(won.id, CHLOE, 'won', null, '');
  const undone = await one('undone');
  const claimed = await today.claim(undone.id, CHLOE);
  if (claimed.ok) await today.undo(undone.id, CHLOE, claimed.picture.alert.undo?.id ?? '');
  const moved = await one('moved');
  await db.sql(
    `update public.developer_signups set company_domain = 'open.example' where id = $1`,
    [moved.lead],
  );
  await rescore(db, moved.lead, 90);
  await poll();
  const cards = await db.sql(`update lead_bot.messages set wanted_version = wanted_version + 1
                               where kind <> 'home' and state = 'posted' returning id`);
  expect(cards.length).toBeGreaterThan(20);
  expect(await deliver()).toEqual([]);
  for (const { id } of [kept, undone, won]) await call('lead_bot_alert', { p_alert_id: id });
  await call('lead_bot_claim', { p_alert_id: undone.id, p_user: ALICE });
});
