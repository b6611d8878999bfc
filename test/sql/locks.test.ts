import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { botDatabase, CHANNEL, POLICY } from '../support/bot-database.ts';
import { addLead, rescore } from '../support/leads.ts';
import { inOtherTransaction } from '../support/other-transaction.ts';
import { readSource } from '../support/source-files.ts';

const db = await botDatabase();
/** A time in the future. */
const LATER = new Date('2100-01-01T09:00:00Z');

/** Waits until one of our calls is blocked. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const [row] = await db.sql<{ waiting: boolean }>(
      `select exists (select from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock') as waiting`,
    );
    if (row?.waiting) return;
  }
}

test('a gesture and a poll on two alerts of one roll-up never deadlock', async () => {
  const cooling = await addLead(db, { domain: 'cooling.example' });
  const leaving = await addLead(db, { domain: 'leaving.example' });
  await db.poll({ firstRun: 'rollup' });
  await rescore(db, cooling, 50);
  await db.poll();
  await db.age('30 hours');
  await rescore(db, leaving, 50);
  const [alert] = await db.sql<{ id: string }>(
    `select id from lead_bot.alerts where account_key = 'leaving.example'`,
  );

  await inOtherTransaction(db, async (gesture) => {
    // The two steps of a gesture: lock its alert, then all messages that show it.
    await gesture.query('update lead_bot.alerts set owner = owner where id = $1', [alert?.id]);
    const poll = db.poll();
    await untilBlocked();
    await gesture.query('select public.lead_bot_claim($1, $2)', [alert?.id, 'U0ANNA']);
    await gesture.query('commit');
    expect(await poll).toMatchObject({ cooled: 1, left: 1 });
  });
  expect((await db.alerts.find(alert?.id ?? ''))?.alert.owner).toBe('U0ANNA');
});

test('an alert closed while a digest is made is in that digest or the next', async () => {
  const lead = await addLead(db);
  await db.poll();
  await rescore(db, lead, 50);
  await db.poll();
  await db.age('30 hours');
  const plan = { channel: CHANNEL, rearm_seconds: 86_400, entries: [], unfinished: false };
  let first: Promise<string> | undefined;
  await inOtherTransaction(db, async (poll) => {
    await poll.query('select public.lead_bot_record_poll($1)', [plan]);
    first = db.digests.request('C0DIGEST', '2026-03-02', LATER);
    await untilBlocked();
    await poll.query('commit');
  });
  expect(await first).toBe('made');
  await db.sql(
    `update lead_bot.messages set state = 'posted', slack_channel = channel, slack_ts = '1.1'
      where kind = 'digest'`,
  );
  await db.digests.request('C0DIGEST', '2026-03-03', LATER);
  const counts = await db.sql<{ cooled: number }>(
    `select (payload -> 'counts' ->> 'cooled')::int as cooled from lead_bot.messages
      where kind = 'digest' order by created_at`,
  );
  expect(counts.reduce((sum, { cooled }) => sum + cooled, 0)).toBe(1);
});

test('a digest can be made during a gesture', async () => {
  await addLead(db);
  await db.poll();
  const alert = await db.onlyAlert();
  await inOtherTransaction(db, async (gesture) => {
    await gesture.query('select public.lead_bot_claim($1, $2)', [alert, 'U0ANNA']);
    expect(await db.digests.request(CHANNEL, '2026-03-02', LATER)).toBe('made');
  });
});

test('while one deliverer is blocked another takes the rest, and nothing is posted twice', async () => {
  for (let i = 0; i < 12; i++) {
    await db.sql(
      `insert into lead_bot.messages (kind, channel, dedupe_key, payload, next_try_at)
       values ('rollup', $1, $1, '{"reason": "storm", "made_at": "2026-03-02T09:00:00Z", "total": 0}',
               now() - make_interval(mins => $2))`,
      [`C${i}`, 20 - i],
    );
  }
  await db.sql(`insert into lead_bot.channels (channel, next_post_at) values ('C0', now())`);

  await inOtherTransaction(db, async (obstacle) => {
    await obstacle.query(`update lead_bot.channels set pauses = 0 where channel = 'C0'`);
    // The locked channel row blocks the slow call once it has chosen its eight messages.
    const slow = db.outbox.take(8, 60_000);
    await untilBlocked();
    const quick = await db.outbox.take(20, 60_000);
    expect(quick.deliveries).toHaveLength(4);
    for (const { messageId, token, channel } of quick.deliveries) {
      const address = { channel, ts: '1.0' };
      await db.outbox.confirm(messageId, token, {
        kind: 'shown',
        version: 1,
        address,
        hash: 'h',
        sent: true,
      });
    }
    await db.sql(
      `update lead_bot.channels set next_post_at = now() - interval '1 s' where channel <> 'C0'`,
    );
    await obstacle.query('rollback');

    const taken = (await slow).deliveries.map((delivery) => delivery.messageId);
    const posted = quick.deliveries.map((delivery) => delivery.messageId);
    expect(taken.filter((id) => posted.includes(id))).toEqual([]);
    expect(taken.length + posted.length).toBe(12);
  });
});

test.each([
  ['the view, then a table', 'lead_dashboard', 'lead_scores'],
  ['a table, then the view', 'lead_scores', 'lead_dashboard'],
  ['two tables', 'expansion_signals', 'developer_signups'],
])(
  'the owner can lock %s without waiting for the bot, whose calls succeed afterwards',
  async (_, first, second) => {
    await addLead(db);
    await db.poll();
    const alert = await db.onlyAlert();
    await addLead(db, { domain: 'entering.example' });
    await inOtherTransaction(db, async (owner) => {
      const lock = (relation: string) =>
        owner.query(
          relation === 'lead_dashboard'
            ? 'alter view public.lead_dashboard set (security_barrier = false)'
            : `lock table public.${relation}`,
        );
      await lock(first);
      const calls = [
        db.polls.changes({ rearmAfterMs: 60_000 }),
        db.polls.follow(POLICY),
        db.polls.sweep(),
        db.outbox.take(8, 60_000),
        db.alerts.claim(alert, 'U0ALICE'),
        db.alerts.hot(15),
      ];
      await untilAllPoll(calls.length);
      await owner.query(`set local lock_timeout = '300ms'`);
      await lock(second);
      await owner.query('commit');
      await Promise.all(calls);
    });
  },
);

test('a call behind a lasting table lock fails after four seconds and says why', async () => {
  await addLead(db);
  await inOtherTransaction(db, async (owner) => {
    await owner.query('lock table public.lead_scores');
    await expect(db.polls.changes({ rearmAfterMs: 60_000 })).rejects.toMatchObject({
      code: '55P03',
      message: expect.stringContaining(
        'timed out waiting for a lock on a table that the bot needs',
      ),
    });
  });
});

/** Waits until this many calls are polling for locks. */
async function untilAllPoll(calls: number): Promise<void> {
  for (;;) {
    const [row] = await db.sql<{ count: number }>(
      `select count(*)::int from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'`,
    );
    if (row?.count === calls) return;
  }
}

/** Each function's text, whether it reads a lead table, and the functions it calls. */
function ourFunctions(): Map<string, { text: string; reads: boolean; calls: string[] }> {
  const folder = 'sql/lead-bot/functions';
  const found = new Map<string, { text: string; reads: boolean; calls: string[] }>();
  for (const file of readdirSync(folder)) {
    const text = readSource(`${folder}/${file}`);
    found.set(file.replace('.sql', ''), {
      text,
      reads:
        /(?:from|join) public\.(?:lead_(?:dashboard|scores)|developer_signups|internal_signals|company_enrichment|stakeholders|expansion_signals|%)/.test(
          text,
        ),
      calls: [...text.matchAll(/\b(?:lead_bot|public)\.(\w+)\(/g)].map(([, name = '']) => name),
    });
  }
  return found;
}

test('each API function that reads leads takes all read locks first', () => {
  const all = ourFunctions();
  const readsLeads = (name: string, seen: Set<string>): boolean => {
    const one = all.get(name);
    if (one === undefined || seen.has(name)) return false;
    seen.add(name);
    // An inner function that takes the locks itself, only when it has work.
    if (!name.startsWith('lead_bot_') && one.calls.includes('share_lead_tables')) return false;
    return one.reads || one.calls.some((called) => readsLeads(called, seen));
  };
  const api = [...all.keys()].filter((name) => name.startsWith('lead_bot_'));
  const reading = api.filter((name) => readsLeads(name, new Set()));
  expect(reading).toContain('lead_bot_take');
  expect(reading).not.toContain('lead_bot_confirm');
  // Declarations that read leads count too.
  const late = reading.filter((name) => {
    const first = all
      .get(name)
      ?.calls.find(
        (called) =>
          called !== name && (called === 'share_lead_tables' || readsLeads(called, new Set())),
      );
    return first !== 'share_lead_tables';
  });
  expect(late).toEqual([]);
});
