import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertList } from '../../blocks/alert-list.ts';
import { detailsModal } from '../../blocks/details-modal.ts';
import { digest } from '../../blocks/digest.ts';
import { readSetAside } from '../../src/adapters/supabase-polls.ts';
import type { Content, Delivery } from '../../src/core/message.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import { createPoll } from '../../src/jobs/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import { problemsOfMessage, problemsOfView } from '../blocks/block-limits.ts';
import { botDatabase, CHANNEL, POLICY } from '../support/bot-database.ts';
import {
  type HostileRow,
  hostileRow,
  TAME,
  type Text,
  textOf,
  writeLead,
} from '../support/hostile-rows.ts';
import { addLead, rescore } from '../support/leads.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';
import { outboxStage } from '../support/outbox-stage.ts';

/** How long a hostile row may delay the others. */
const A_SECOND = 1_000;

const db = await botDatabase();
const stage = outboxStage(db);

const pollOnce = async (log: MemoryLog, policy: Partial<PollPolicy> = {}): Promise<void> => {
  await createPoll({ polls: db.polls, policy: { ...POLICY, ...policy }, log, wake: () => {} })();
};

const draw = (content: Content) => renderMessage(content, false, 'UTC');

/** Renders and confirms everything due, ignoring the pace of channels. */
async function deliverAll(): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for (;;) {
    const { deliveries, unreadable } = await db.outbox.take(8, 60_000);
    expect(unreadable).toEqual([]);
    if (deliveries.length === 0) return all;
    for (const delivery of deliveries) {
      if (delivery.content.kind !== 'nothing') {
        expect(problemsOfMessage(draw(delivery.content))).toEqual([]);
      }
      await stage.shown(delivery, `${1_700_000_000 + all.length}.000100`);
      all.push(delivery);
    }
    await db.sql(`update lead_bot.channels set next_post_at = now(), next_update_at = now()`);
  }
}

const shows = (delivery: Delivery, developerId: string): boolean =>
  delivery.content.kind === 'card' &&
  delivery.content.picture.account.leads.some((lead) => lead.developerId === developerId);

/** The quickest of three tries in ms, to tolerate a busy machine. */
async function quickest(once: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && best >= A_SECOND; tries++) best = Math.min(best, await once());
  return best;
}

const duration = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

const alertOf = async (developerId: string): Promise<string | undefined> => {
  const [row] = await db.sql<{ alert_id: string }>(
    'select alert_id from lead_bot.alert_leads where developer_id = $1 and active',
    [developerId],
  );
  return row?.alert_id;
};

/** Reads lists, details and a digest, and checks them against Slack's limits. */
async function lookAround(): Promise<void> {
  const hot = await db.alerts.hot(15);
  expect(
    problemsOfMessage(alertList({ kind: 'hot', offset: 0, messageId: null }, hot, 'U0ALICE')),
  ).toEqual([]);
  const today = await db.alerts.previewDigest(CHANNEL, '2026-03-02');
  expect(problemsOfMessage(digest(today, { timeZone: 'UTC' }))).toEqual([]);
  for (const { alert } of hot.alerts.slice(0, 3)) {
    const picture = await db.alerts.find(alert.id);
    if (picture === null) throw new Error('a listed alert is missing');
    expect(problemsOfView(detailsModal(picture, 'U0ALICE', 'x'))).toEqual([]);
    await db.alerts.claim(alert.id, 'U0ALICE');
  }
  await db.alerts.mine('U0ALICE', 15);
  await db.digests.request(CHANNEL, '2026-03-02', new Date('2100-01-01'));
}

/** How long a normal lead waits for its card when a hostile one turns hot with it, in ms. */
async function cardDelay(row: HostileRow, hasCard: boolean): Promise<number> {
  await db.clear();
  const log = memoryLog();
  await pollOnce(log);
  const hostile = randomUUID();
  if (hasCard) {
    await writeLead(db, hostile, TAME);
    await pollOnce(log);
    await deliverAll();
  }
  const isWritten = await writeLead(db, hostile, row);
  const normal = await addLead(db, { domain: 'normal.example', score: 85 });
  const ms = await duration(async () => {
    await pollOnce(log);
    const delivered = await deliverAll();
    expect(delivered.some((delivery) => shows(delivery, normal))).toBe(true);
  });

  // A hot lead has an alert, or the log says why not.
  const [written] = await db.sql<{ tier: string; is_company_email: boolean }>(
    `select s.tier, d.is_company_email from public.lead_scores s
       join public.developer_signups d on d.id = s.developer_id where d.id = $1`,
    [hostile],
  );
  const reasons = log.lines.filter((line) => line.developerId === hostile);
  if (isWritten && written?.tier === 'hot' && (await alertOf(hostile)) === undefined) {
    expect(reasons).toMatchObject([{ event: 'lead set aside: its row does not parse' }]);
  }
  for (const line of log.lines) expect(JSON.stringify(line).length).toBeLessThan(1_000);

  const rest = await duration(async () => {
    await db.sql(`update lead_bot.sweep_state set due_at = '-infinity'`);
    await pollOnce(log);
    await lookAround();
    await deliverAll();
    await rescore(db, normal, 50);
    await pollOnce(log);
  });
  expect(rest).toBeLessThan(5 * A_SECOND);
  return ms;
}

test('a hostile row does not delay the card of a lead that turns hot with it', async () => {
  await fc.assert(
    fc.asyncProperty(hostileRow, fc.boolean(), async (row, hasCard) => {
      expect(await quickest(() => cardDelay(row, hasCard))).toBeLessThan(A_SECOND);
    }),
    { seed: 6, numRuns: 8, endOnFailure: true },
  );
});

const addTameLead = async (domain: string, part: Partial<HostileRow> = {}): Promise<string> => {
  const id = randomUUID();
  const of = (text: string): Text => ({ of: text, bytes: Buffer.byteLength(text) });
  await writeLead(db, id, { ...TAME, domain: of(domain), email: of(`${id}@${domain}`), ...part });
  return id;
};

/** A poll with the deliveries that follow, and its log. */
async function round(): Promise<{ log: MemoryLog; delivered: Delivery[] }> {
  const log = memoryLog();
  await pollOnce(log);
  return { log, delivered: await deliverAll() };
}

const stackOf = (delivered: readonly Delivery[], developerId: string): readonly string[] => {
  for (const { content } of delivered) {
    const lead = content.kind === 'card' ? content.picture.account.leads[0] : undefined;
    if (lead?.developerId === developerId) return lead.techStack;
  }
  throw new Error('the lead has no card');
};

test.each([40_000, 300_000])(
  'a tech stack of %i strings is cut to fifty, and the other leads enter too',
  async (entries) => {
    await round();
    const first = await addTameLead('crowd.example', {
      stack: { entries, of: { of: 'technology ', bytes: 11 } },
    });
    await colleagues('crowd.example', 30);
    const other = await addLead(db, { domain: 'other.example' });
    expect(await quickest(() => duration(() => db.polls.changes(POLICY)))).toBeLessThan(A_SECOND);
    const { delivered } = await round();
    expect(stackOf(delivered, first)).toHaveLength(50);
    expect(stackOf(delivered, other)).toEqual([]);
  },
);

/** The longest text and list in a JSON value, and its size. */
function extent(value: unknown): { chars: number; entries: number } {
  if (typeof value === 'string') return { chars: value.length, entries: 0 };
  if (typeof value !== 'object' || value === null) return { chars: 0, entries: 0 };
  const parts = Object.values(value).map(extent);
  return {
    chars: Math.max(0, ...parts.map(({ chars }) => chars)),
    entries: Math.max(
      Array.isArray(value) ? value.length : 0,
      ...parts.map(({ entries }) => entries),
    ),
  };
}

test('bounds every text and list that the database returns, whatever the column', async () => {
  await round();
  const long: Text = { of: 'x', bytes: 100_000 };
  const id = await addTameLead('evil.example', {
    name: long,
    company: long,
    industry: long,
    size: long,
    funding: long,
    plan: long,
    action: long,
    stack: { entries: 60, of: { of: 'x', bytes: 1_000 } },
    people: { count: 60, name: long, title: long, decides: true },
    signals: { ...TAME.signals, count: 60, kind: long, title: long, detail: long, strength: long },
  });
  await colleagues('evil.example', 30);
  const answer = async (call: string): Promise<unknown> => {
    const [row] = await db.sql<{ answer: unknown }>(`select public.${call} as answer`);
    return row?.answer;
  };
  expect(extent(await answer('lead_bot_changes(86400, 10)'))).toEqual({
    chars: 1_000,
    entries: 20,
  });
  await pollOnce(memoryLog());
  const alert = (await alertOf(id)) ?? '';
  const whole = { chars: 4_000, entries: 50 };
  expect(extent(await answer(`lead_bot_alert('${alert}')`))).toEqual(whole);
  expect(extent(await answer('lead_bot_take(8, 60)'))).toEqual(whole);
  const brief = { chars: 1_000, entries: 20 };
  expect(extent(await answer('lead_bot_list(null, 10)'))).toEqual(brief);
  expect(extent(await answer(`lead_bot_preview_digest('${CHANNEL}')`))).toEqual(brief);
});

/** Adds hot developers to each company whose domain matches. */
const colleagues = (domain: string, count: number) =>
  db.sql<{ id: string }>(
    `with made as (
       insert into public.developer_signups (email, full_name, company_domain)
       select gen_random_uuid() || '@' || c.domain, 'Dev ' || n, c.domain
         from public.company_enrichment c, generate_series(1, $2::int) n
        where c.domain like $1
       returning id
     )
     insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select id, 85, 85, 85, 85, 85 from made returning developer_id as id`,
    [domain, count],
  );

test('300 leads with 100 kB of suggested action each enter at once, and lists stay short', async () => {
  await round();
  await db.sql(
    `with made as (
       insert into public.developer_signups (email, company_domain)
       select 'dev@d' || n || '.example', 'd' || n || '.example' from generate_series(1, 300) n
       returning id
     )
     insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action)
     select id, 90, 90, 90, 90, 90, $1 from made`,
    [textOf({ of: 'Call them. ', bytes: 100_000 })],
  );
  const { log } = await round();
  expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  expect(await db.alertIds()).toHaveLength(300);
  await lookAround();
});

test('a lead with 2,690 random bytes as its domain belongs to the company of its address', async () => {
  await round();
  const id = await addTameLead('evil.example', { domain: { noise: 1, bytes: 2_690 } });
  const { log } = await round();
  const [alert] = await db.sql(
    `select a.account_key from lead_bot.alerts a join lead_bot.alert_leads m on m.alert_id = a.id where m.developer_id = $1`,
    [id],
  );
  expect(alert).toEqual({ account_key: 'evil.example' });
  expect(log.lines.filter(({ developerId }) => developerId === id)).toEqual([]);
});

test('a tech stack of 10,000 numbers logs one line with five problems, and the lead enters without it', async () => {
  await round();
  const id = await addTameLead('numbers.example', { stack: { entries: 10_000, of: 'numbers' } });
  const { log, delivered } = await round();
  const lines = log.lines.filter(({ developerId }) => developerId === id);
  expect(lines.map(({ fields }) => fields?.length)).toEqual([5]);
  expect(JSON.stringify(lines).length).toBeLessThan(1_000);
  expect(stackOf(delivered, id)).toEqual([]);
});

test('240 colleagues of twelve companies with cards get a few replies, each for many', async () => {
  await round();
  await db.sql(
    `insert into public.company_enrichment (domain, company_name)
     select 'd' || n || '.example', 'D' || n from generate_series(1, 12) n`,
  );
  await colleagues('%', 1);
  await db.poll({ maxCardsPerPoll: 12 });
  await deliverAll();
  await db.sql('update lead_bot.poll_state set storm_since = null, storm_cards = 0');

  await colleagues('%', 20);
  await pollOnce(memoryLog(), { maxCardsPerPoll: 3 });
  expect(await db.sql('select count(*)::int from lead_bot.alert_leads where active')).toEqual([
    { count: 12 + 240 },
  ]);
  const news = await db.sql<{ kind: string; others: number | null; total: number | null }>(
    `select kind, (payload -> 'others')::int as others, (payload -> 'total')::int as total
       from lead_bot.messages where kind <> 'card' order by kind`,
  );
  expect(news).toEqual([
    ...Array(3).fill({ kind: 'notice', others: 19, total: null }),
    { kind: 'rollup', others: null, total: 9 },
  ]);
});

const viewNow = async (): Promise<string> => {
  const [view] = await db.sql<{ text: string }>(
    `select pg_get_viewdef('public.lead_dashboard'::regclass) as text`,
  );
  return view?.text ?? '';
};

/** Zero for one company only, so that dividing by it fails just there. */
const ZERO_FOR_EVIL = `(case when d.company_domain = 'evil.example' then 0 else 1 end)`;

/** Expressions in the view that fail only for some companies. */
const FAILING_VIEWS = {
  'a column': (view: string) =>
    view.replace('c.industry,', `repeat(c.industry, 1 / ${ZERO_FOR_EVIL}) as industry,`),
  'the score': (view: string) =>
    view.replace('s.total_score,', `s.total_score / ${ZERO_FOR_EVIL} as total_score,`),
  'its condition': (view: string) =>
    view.replace('WHERE (d.', `WHERE 1 / ${ZERO_FOR_EVIL} = 1 and (d.`),
} as const;

test.each(
  Object.keys(FAILING_VIEWS).filter(
    (key): key is keyof typeof FAILING_VIEWS => key in FAILING_VIEWS,
  ),
)(
  'a view that fails for one company in %s: that one is set aside with the reason, or keeps its alert',
  async (part) => {
    await round();
    const given = await viewNow();
    const before = await addTameLead('evil.example');
    await round();
    const alert = await alertOf(before);
    try {
      await db.sql(`create or replace view public.lead_dashboard as ${FAILING_VIEWS[part](given)}`);
      const [later] = await colleagues('evil.example', 1);
      const other = await addLead(db, { domain: 'other.example' });
      const { log, delivered } = await round();
      expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
        { developerId: later?.id, fields: ['(row)'], reason: '(row): 22012' },
      ]);
      expect(delivered.some((delivery) => shows(delivery, other))).toBe(true);

      // An unreadable lead has not left, however often a sweep looks.
      for (let sweeps = 0; sweeps < 3; sweeps++) {
        await db.age('1 minute');
        expect(await db.polls.sweep()).toMatchObject({ swept: true, missing: 0 });
        await round();
      }
      const { malformed } = await readSetAside(db.database);
      expect(malformed).toMatchObject([{ developerId: later?.id, problems: [{ field: '(row)' }] }]);
      const picture = await db.alerts.find(alert ?? '');
      expect(picture?.alert).toMatchObject({ status: 'open', coolingSince: null });
      await lookAround();
    } finally {
      await db.sql(`create or replace view public.lead_dashboard as ${given}`);
    }
    await db.polls.sweep();
    await round();
    const { account } = (await db.alerts.find(alert ?? '')) ?? {};
    expect(account?.leads).toHaveLength(2);
  },
);

test('a lead that only a sweep finds, and whose row cannot be read, is set aside with the reason', async () => {
  await round();
  const given = await viewNow();
  const id = await addTameLead('evil.example');
  await db.sql('delete from lead_bot.lead_marks');
  try {
    await db.sql(
      `create or replace view public.lead_dashboard as ${FAILING_VIEWS['the score'](given)}`,
    );
    await db.polls.sweep();
    const { log } = await round();
    expect(log.lines).toMatchObject([
      { level: 'warn', developerId: id, fields: ['(row)'], reason: '(row): 22012' },
    ]);
  } finally {
    await db.sql(`create or replace view public.lead_dashboard as ${given}`);
  }
});

test('reads slow leads in smaller batches, and the others enter with them', async () => {
  await round();
  const given = await viewNow();
  await addTameLead('evil.example');
  await colleagues('evil.example', 30);
  const other = await addLead(db, { domain: 'other.example', score: 81 });
  const slow = `(select c.industry from pg_sleep(case when d.company_domain = 'evil.example' then 0.02 else 0 end))`;
  await db.sql(
    `create or replace view public.lead_dashboard as ${given.replace('c.industry,', `${slow} as industry,`)}`,
  );
  try {
    const changes = await db.polls.changes(POLICY);
    expect(changes).toMatchObject({ more: true });
    expect(changes.marks).toHaveLength(20);
    await pollOnce(memoryLog());
  } finally {
    await db.sql(`create or replace view public.lead_dashboard as ${given}`);
  }
  expect(await alertOf(other)).toBeDefined();
  expect(await db.alertIds()).toHaveLength(2);
});

/** Appends daily rows of scores and usage, each different. */
async function addDays(id: string, days: number, differ: boolean): Promise<void> {
  await db.sql(
    `insert into public.internal_signals (developer_id, api_calls_30d, project_count, captured_at)
     select $1, case when $3 then n else 7 end, 2, now() - make_interval(days => n) from generate_series(1, $2::int) n`,
    [id, days, differ],
  );
  await db.sql(
    `insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, scored_at)
     select $1, s.points, s.points, s.points, s.points, s.points, now() - make_interval(days => n)
       from generate_series(1, $2::int) n
      cross join lateral (select case when $3 then 80 + n % 20 else 99 end as points) s`,
    [id, days, differ],
  );
}

test('a lead with a year of scores and usage is read by its newest rows, just as fast', async () => {
  await round();
  const id = await addTameLead('evil.example');
  await addDays(id, 365, true);
  await addLead(db, { domain: 'other.example' });
  expect(await quickest(() => duration(() => db.polls.changes(POLICY)))).toBeLessThan(A_SECOND);
  const { log } = await round();
  expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  expect(await db.alertIds()).toHaveLength(2);
  expect((await db.alerts.find((await alertOf(id)) ?? ''))?.account.leads).toMatchObject([
    { developerId: id, totalScore: 99, apiCalls30d: 1_000, suggestedAction: 'Call them' },
  ]);
});

test('sets aside a lead that the view shows a million times, and the others enter', async () => {
  await round();
  const id = await addTameLead('evil.example', { calls: '7', plan: null, lastActive: null });
  await addDays(id, 1_000, false);
  const other = await addLead(db, { domain: 'other.example' });
  const { log } = await round();
  expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { developerId: id, reason: '(row): 54000' },
  ]);
  expect(await alertOf(other)).toBeDefined();
});

/** Runs `work` while one company's stakeholders can't be read. */
async function withUnreadablePeople(work: () => Promise<void>): Promise<void> {
  await db.sql(`
    alter table public.stakeholders rename to people;
    create view public.stakeholders as
      select d.*, 1 / ${ZERO_FOR_EVIL} as nobody_asks from public.people d where 1 / ${ZERO_FOR_EVIL} = 1;
    grant select on public.stakeholders to postgres`);
  try {
    await work();
  } finally {
    await db.sql('drop view public.stakeholders; alter table public.people rename to stakeholders');
  }
}

test('sets aside an unreadable message with the reason, and delivers the others', async () => {
  await round();
  await addTameLead('evil.example');
  const other = await addLead(db, { domain: 'other.example' });
  await pollOnce(memoryLog());
  await withUnreadablePeople(async () => {
    const taken = await db.outbox.take(8, 60_000);
    await db.sql('update lead_bot.channels set next_post_at = now()');
    const next = await db.outbox.take(8, 60_000);
    expect([...taken.unreadable, ...next.unreadable]).toMatchObject([
      { refusals: 0, problem: '22012' },
    ]);
    const deliveries = [...taken.deliveries, ...next.deliveries];
    expect(deliveries.map((delivery) => shows(delivery, other))).toEqual([true]);
  });
});

test('sets aside only the unreadable one of three cards read at once', async () => {
  await round();
  await addTameLead('evil.example');
  const others = [
    await addLead(db, { domain: 'one.example' }),
    await addLead(db, { domain: 'two.example' }),
  ];
  await pollOnce(memoryLog());
  await deliverAll();
  await db.sql('update lead_bot.messages set wanted_version = wanted_version + 1');
  await withUnreadablePeople(async () => {
    const { deliveries, unreadable } = await db.outbox.take(8, 60_000);
    expect(unreadable).toMatchObject([{ refusals: 0, problem: '22012' }]);
    expect(deliveries).toHaveLength(2);
    for (const other of others) {
      expect(deliveries.some((delivery) => shows(delivery, other))).toBe(true);
    }
  });
});

test('treats columns missing from the view as unknown, and the lead enters', async () => {
  await round();
  const given = await viewNow();
  const without = given
    .replace('c.tech_stack,', '')
    .replace('s.suggested_action,', '')
    .replace('c.total_funding_usd,', '');
  await db.sql(`drop view public.lead_dashboard; create view public.lead_dashboard as ${without};
                grant select on public.lead_dashboard to postgres`);
  try {
    const id = await addTameLead('fewer.example');
    const { log } = await round();
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    expect((await db.alerts.find((await alertOf(id)) ?? ''))?.account.leads).toMatchObject([
      { techStack: [], suggestedAction: null, totalFundingUsd: null, employeeCount: 120 },
    ]);
  } finally {
    await db.sql(`drop view public.lead_dashboard; create view public.lead_dashboard as ${given};
                  grant select on public.lead_dashboard to postgres`);
  }
});

test('returns four lists of a hundred hostile leads in a few megabytes', async () => {
  await round();
  const long = textOf({ of: '\u{10ffff}', bytes: 100_000 });
  await db.sql(
    `insert into public.company_enrichment (domain, company_name, industry, tech_stack)
     select 'd' || n || '.example', $1, $1, jsonb_build_array($1::text, $1::text) from generate_series(1, 100) n`,
    [long],
  );
  await colleagues('%', 1);
  await db.sql('update public.lead_scores set suggested_action = $1', [long]);
  await db.poll({ firstRun: 'rollup', maxCardsPerPoll: 0 });
  await db.sql(
    `with list as (
       insert into lead_bot.messages (kind, channel, dedupe_key, payload)
       select m.kind, 'C0' || n, 'copy:' || n, m.payload from lead_bot.messages m, generate_series(1, 3) n
       returning id
     )
     insert into lead_bot.message_alerts (message_id, alert_id, position)
     select l.id, a.id, row_number() over (partition by l.id) from list l, lead_bot.alerts a`,
  );
  const sizes: number[] = [];
  for (let left = 4; left > 0; ) {
    const [answer] = await db.sql<{ bytes: number; messages: number }>(
      `select octet_length(t::text) as bytes, jsonb_array_length(t -> 'work') as messages
         from public.lead_bot_take(8, 60) t`,
    );
    expect(answer?.messages).toBeGreaterThan(0);
    left -= answer?.messages ?? 4;
    sizes.push(answer?.bytes ?? 0);
  }
  expect(Math.max(...sizes)).toBeLessThan(3_000_000);
});
