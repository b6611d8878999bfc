import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { bigSizes, fillDatabase, forgetStatistics, GIANT } from '../bench/big-database.ts';
import { withoutAutovacuum } from '../support/autovacuum.ts';
import { testDatabase } from '../support/supabase.ts';

const db = await testDatabase();
const SIZES = bigSizes({
  leads: 100_000,
  giant: 5_000,
  messages: 50_000,
  closedAlerts: 10_000,
  events: 50_000,
  pictures: 2,
});

/** Tables that grow with leads, history or open alerts. */
const GROWING = new Set([
  'developer_signups',
  'internal_signals',
  'lead_scores',
  'company_enrichment',
  'stakeholders',
  'expansion_signals',
  'alerts',
  'alert_leads',
  'alert_events',
  'messages',
  'message_alerts',
  'crossings',
  'lead_pictures',
  'undos',
  'offers',
  'away',
  'steps',
  'outcomes',
  'outcome_queues',
]);

/** More than a batch reads, and far fewer than any of these tables has. */
const MOST_ROWS = 2_500;

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Actual Rows'?: number | undefined;
  'Actual Loops'?: number | undefined;
  'Rows Removed by Filter'?: number | undefined;
  Plans?: PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Actual Rows': z.number().optional(),
    'Actual Loops': z.number().optional(),
    'Rows Removed by Filter': z.number().optional(),
    Plans: z.array(planNode).optional(),
  }),
);
const explained = z.object({ 'Query Text': z.string(), Plan: planNode });

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* nodesOf(child);
}

interface Watched {
  /** Runs a statement and rolls it back. Returns the plan nodes that read too much. */
  read(text: string): Promise<string[]>;
  /** Runs a statement and commits it. */
  run(text: string): Promise<void>;
  end(): Promise<void>;
}

/**
 * A session that captures the plan of every statement, even inside functions.
 *
 * @param most rows that one scan may read
 */
async function watched(adminUrl = db.adminUrl, most = MOST_ROWS): Promise<Watched> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`
    load 'auto_explain';
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set auto_explain.log_timing = off;
    set auto_explain.log_triggers = on; set auto_explain.log_format = json; set auto_explain.log_level = notice`);
  let plans: string[] = [];
  client.on('notice', ({ message = '' }) => {
    if (message.includes('plan:')) plans.push(message.slice(message.indexOf('plan:') + 5));
  });
  return {
    async run(text) {
      await client.query(text);
    },
    async read(text) {
      plans = [];
      await client.query('begin');
      await client.query(text);
      await client.query('rollback');
      const found: string[] = [];
      for (const plan of plans) {
        const { Plan, 'Query Text': query } = explained.parse(JSON.parse(plan));
        for (const node of nodesOf(Plan)) {
          const { 'Node Type': type, 'Relation Name': table, 'Actual Loops': loops = 1 } = node;
          if (table === undefined || !GROWING.has(table) || type === 'Sample Scan') continue;
          const rows = ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * loops;
          if ((type === 'Seq Scan' && loops > 0) || rows / loops > most || rows > 10 * most) {
            found.push(
              `${type} of ${table}, ${rows} rows: ${query.replace(/\s+/g, ' ').slice(0, 160)}`,
            );
          }
        }
      }
      return found;
    },
    end: () => client.end(),
  };
}

beforeAll(async () => {
  const client = new pg.Client({ connectionString: db.adminUrl });
  await client.connect();
  await fillDatabase(client, SIZES);
  await client.query(`
    update lead_bot.messages set wanted_version = wanted_version + 1
     where id in (select id from lead_bot.messages where kind = 'card' order by created_at desc limit 100);
    update lead_bot.channels set next_update_at = null where true;
    insert into lead_bot.lead_marks (developer_id, hot)
      select id, false from public.developer_signups limit 500;
    insert into lead_bot.lead_marks (hot) values (false);
    update public.lead_scores set id = '${WARM}' where id = (
      select s.id from public.lead_scores s join public.developer_signups d on d.id = s.developer_id
       where s.tier = 'warm' and d.is_company_email order by s.id limit 1)`);
  await client.query(MANY_OFFERS);
  await client.query(STEPS_TO_TAKE);
  await client.query(MANY_OUTCOMES);
  await client.end();
}, 180_000);

/** Two years of offers and absences of forty AEs; some offers run, are over, due or wait. */
const MANY_OFFERS = `
  insert into lead_bot.offers (alert_id, holder, source, made_at, until, ended_at, ended)
    select a.id, 'U0AE' || (abs(hashtext(a.id::text)) + turn) % 40, 'rotation', a.opened_at, a.opened_at, a.opened_at, 'passed'
      from lead_bot.alerts a cross join generate_series(1, 3) turn
     where a.closed_at is not null;
  with open as (
    select a.id, row_number() over (order by a.id) as n from lead_bot.alerts a where a.status = 'open' and a.closed_at is null
  ), waiting as (
    update lead_bot.alerts a
       set offer_due_at = now() + make_interval(mins => case when o.n <= 70 then -1 else 60 end)
      from open o
     where o.id = a.id and o.n <= 500
  )
  insert into lead_bot.offers (alert_id, holder, source, until)
    select o.id, 'U0AE' || o.n % 40, 'rotation', now() + make_interval(mins => case when o.n <= 570 then -1 else 60 end)
      from open o
     where o.n > 500 and o.n <= 900;
  insert into lead_bot.away (person, since, until)
    select 'U0AE' || n % 40, now() - make_interval(hours => n / 8), now() - make_interval(hours => n / 8 - 5)
      from generate_series(1, 10000) n;
  analyze lead_bot.offers, lead_bot.away, lead_bot.alerts;`;

/** Of each status some that are looked at now, with an earlier step. */
const STEPS_TO_TAKE = `
  with due as (
    select a.id, row_number() over (partition by a.status order by a.id) as n from lead_bot.alerts a
     where a.closed_at is null and a.hold is null and a.cooling_since is null
  ), looked_at as (
    update lead_bot.alerts a set step_due_at = now() from due d where a.id = d.id and d.n <= 16 returning a.id, a.waits_since
  )
  insert into lead_bot.steps (alert_id, kind, period, at)
    select l.id, 'reminder', l.waits_since - interval '1 day', now() - interval '1 day' from looked_at l;
  analyze lead_bot.alerts, lead_bot.steps;`;

const ENDPOINT = 'f'.repeat(64);
const WEBHOOKS_ON = `
  insert into lead_bot.outcome_endpoints (fingerprint) values ('${ENDPOINT}') on conflict do nothing`;

/** A month of webhooks that are done with, and 300 that wait, of which 100 are due. */
const MANY_OUTCOMES = `
  ${WEBHOOKS_ON};
  insert into lead_bot.outcome_queues (alert_id, written)
    select a.id, 3 from lead_bot.alerts a where a.closed_at is not null;
  insert into lead_bot.outcomes (alert_id, sequence, event_id, type, facts, state, done_at)
    select q.alert_id, n, 1, 'lead.claimed', '{}', case when n = 2 then 'set-aside' else 'delivered' end, now()
      from lead_bot.outcome_queues q cross join generate_series(1, 3) n;
  insert into lead_bot.outcome_queues (alert_id, written, due_at)
    select a.id, 3, now() + make_interval(mins => case when row_number() over () <= 100 then -1 else 9 end)
      from (select * from lead_bot.alerts o where o.closed_at is null order by o.id limit 300) a;
  insert into lead_bot.outcomes (alert_id, sequence, event_id, type, facts)
    select q.alert_id, n, 1, 'lead.claimed', '{}'
      from lead_bot.outcome_queues q cross join generate_series(1, 3) n where q.due_at is not null;
  analyze lead_bot.outcomes, lead_bot.outcome_queues;`;

const ALL_AES = `array(select 'U0AE' || n from generate_series(1, 40) n)`;

const NOBODY = '00000000-0000-0000-0000-000000000000';
/** A score that turns a lead hot. */
const WARM = '00000000-0000-4000-8000-000000000001';

const newest = `(select id from lead_bot.alerts order by opened_at desc limit 1)`;
const HOT_PATHS: readonly (readonly [string, string])[] = [
  ['a take', 'select public.lead_bot_take(8, 60)'],
  [
    'a take that drops nudges',
    `set local enable_seqscan = off;
     with waiting as (
       select a.id, a.waits_since, gen_random_uuid() as message_id, row_number() over () as n
         from (select * from lead_bot.alerts o where o.closed_at is null limit 8) a
     ), queued as (
       insert into lead_bot.messages (id, kind, alert_id, channel, dedupe_key, payload)
       select w.message_id, 'dm', w.id, 'U0AE' || w.n, 'test:' || w.message_id, jsonb_build_object(
                'kind', 'warning', 'to', 'U0AE' || w.n, 'period', w.waits_since,
                'send_by', now() + make_interval(hours => case when w.n % 2 = 0 then 1 else -1 end))
         from waiting w
     ), shown as (
       insert into lead_bot.message_alerts (message_id, alert_id) select w.message_id, w.id from waiting w
     )
     insert into lead_bot.steps (alert_id, kind, period, message_id)
     select w.id, 'warning', w.waits_since, w.message_id from waiting w
     on conflict do nothing;
     set local enable_seqscan = on;
     select public.lead_bot_take(8, 60, '{warning}')`,
  ],
  [
    'a confirmation',
    `select public.lead_bot_confirm(w.id, w.token, jsonb_build_object(
       'outcome', 'shown', 'version', 2, 'hash', 'h', 'channel', 'C0', 'ts', w.id))
       from jsonb_to_recordset(public.lead_bot_take(1, 60) -> 'work') w (id uuid, token uuid)`,
  ],
  ['a poll', 'select public.lead_bot_changes(86400, 100)'],
  ['a step that follows open alerts', 'select public.lead_bot_follow(86400)'],
  [
    'a lead that enters',
    `update public.lead_scores
        set company_score = 95, usage_score = 95, expansion_score = 95, champion_score = 95, timing_score = 95
      where id = '${WARM}';
     do $$
     declare
       v_changes jsonb := public.lead_bot_changes(86400, 100);
     begin
       assert jsonb_array_length(v_changes -> 'entered') = 1;
       perform public.lead_bot_record_poll(jsonb_build_object(
         'channel', 'C0', 'rearm_seconds', 86400, 'rollup_reason', 'storm', 'unfinished', false,
         'offer_to_owners', true, 'rotation', false, 'marks', v_changes -> 'marks', 'entries', jsonb_build_array(jsonb_build_object(
           'developer_id', v_changes #> '{entered,0,developer_id}', 'show', 'card'))));
     end $$`,
  ],
  [
    'fifty alerts whose companies get other domains',
    `set local enable_seqscan = off;
     with moved as (
       update public.developer_signups d set company_domain = 'moved-' || d.company_domain
        where d.id = any (array(select m.developer_id from lead_bot.alert_leads m where m.active limit 50))
       returning d.id
     )
     insert into lead_bot.lead_marks (developer_id, hot) select id, false from moved;
     set local enable_seqscan = on;
     select public.lead_bot_follow(86400)`,
  ],
  [
    'closed alerts',
    `update lead_bot.poll_state set rekey_after = '${NOBODY}' where only_row; select lead_bot.rekey_closed(100)`,
  ],
  ['whom to offer leads to', 'select public.lead_bot_offers_due(50)'],
  ['whose turn it is', `select public.lead_bot_next_in_rotation(${ALL_AES})`],
  ['who is away', `select public.lead_bot_who_is_away(${ALL_AES})`],
  [
    'offers that are made, and that wait',
    `do $$
     declare
       v_due record;
     begin
       for v_due in
         select (o.value ->> 'alert_id')::uuid as id, o.ordinality
           from jsonb_array_elements(public.lead_bot_offers_due(50) -> 'offers') with ordinality o
       loop
         if v_due.ordinality % 2 = 0 then
           perform public.lead_bot_offer(v_due.id, 'U0AE1', 'rotation', now() + interval '1 hour');
         else
           perform public.lead_bot_defer_offer(v_due.id, now() + interval '1 hour');
         end if;
       end loop;
     end $$`,
  ],
  ['which alerts need a step', 'select public.lead_bot_steps_due(50)'],
  [
    'steps that are taken, alone and together, and that wait',
    `do $$
     declare
       v_cases jsonb := public.lead_bot_steps_due(50) -> 'cases';
       v_case record;
     begin
       for v_case in
         select c.value as it, c.ordinality % 2 = 0 as together,
                case c.value ->> 'status' when 'open' then '{reminder}' when 'claimed' then '{return,warning}' else '{follow-up}' end::text[] as kinds,
                jsonb_build_array(jsonb_build_object(
                  'to', coalesce(c.value ->> 'owner', c.value ->> 'holder', 'U0AE1'), 'at', now(), 'send_by', now() + interval '1 hour'
                )) as readers
           from jsonb_array_elements(v_cases) with ordinality c
       loop
         perform public.lead_bot_take_steps(jsonb_build_array(jsonb_build_object(
                   'alert_id', v_case.it -> 'alert_id', 'kind', k.kind, 'period', v_case.it -> 'period'
                 )), v_case.readers, v_case.together)
            from unnest(v_case.kinds) k (kind);
       end loop;
       perform public.lead_bot_take_steps((
         select jsonb_agg(jsonb_build_object('alert_id', c.value -> 'alert_id', 'kind', 'escalation', 'period', c.value -> 'period'))
           from jsonb_array_elements(v_cases) c
       ), '[{"to": "S0", "at": "2026-03-02T09:00:00Z"}]', true) where v_cases <> '[]';
       perform public.lead_bot_defer_steps(v_cases);
     end $$`,
  ],
  [
    'an AE who goes away',
    `select public.lead_bot_set_away('U0AE1', now() + interval '1 hour', null)`,
  ],
  ['who has leads', 'select public.lead_bot_people_with_leads()'],
  [
    'a morning',
    `select public.lead_bot_want_morning('U0ALICE', current_date + (random() * 10000)::int, now() + interval '3 hours')`,
  ],
  ['a claim', `select public.lead_bot_claim(${newest}, 'U0')`],
  [
    'a claim that becomes a webhook, and is undone',
    `${WEBHOOKS_ON};
     set local enable_seqscan = off;
     select public.lead_bot_claim(${newest}, 'U0');
     select public.lead_bot_undo(u.alert_id, 'U0', u.id) from lead_bot.undos u where u.alert_id = ${newest}`,
  ],
  [
    'webhooks that are taken and confirmed',
    `${WEBHOOKS_ON};
     select public.lead_bot_confirm_outcome(w.id, w.token, '${ENDPOINT}', jsonb_build_object('outcome', 'delivered'))
       from jsonb_to_recordset(public.lead_bot_take_outcomes('${ENDPOINT}', 8, 60, true) -> 'work') w (id uuid, token uuid)`,
  ],
  [
    'a webhook that finds out whether the receiver works again',
    `${WEBHOOKS_ON};
     update lead_bot.outcome_endpoints set failures = 3, paused_until = null where true;
     select public.lead_bot_take_outcomes('${ENDPOINT}', 8, 60, true)`,
  ],
  ['webhooks that nobody takes', `select lead_bot.give_up_outcomes(500, 'HTTP 500')`],
  ['how webhooks do', `select public.lead_bot_outcomes_health('${ENDPOINT}')`],
  ['a Home tab that is opened', `select public.lead_bot_open_home('U0AE1')`],
  ['a Home tab', `select public.lead_bot_home('U0AE1', '{}')`],
  [
    'a Home tab of a member of one channel',
    `select public.lead_bot_home('U0AE1', '{}', '{C0HOTLEADS}')`,
  ],
  [
    'a change that many Home tabs show',
    `select public.lead_bot_open_home('U0AE' || n) from generate_series(1, 40) n;
     select lead_bot.touch_alerts(array[${newest}], true)`,
  ],
  [
    'Home tabs that are taken and confirmed',
    `select public.lead_bot_open_home('U0AE' || n) from generate_series(1, 40) n;
     select public.lead_bot_confirm(w.id, w.token, jsonb_build_object(
       'outcome', 'shown', 'version', 1, 'hash', 'h', 'channel', w.slack_channel, 'ts', 'home'))
       from jsonb_to_recordset(public.lead_bot_take(40, 60, '{home}') -> 'work') w (id uuid, token uuid, slack_channel text)`,
  ],
  ['the details of an alert', `select public.lead_bot_alert(${newest})`],
  [
    'the life of a lead',
    `select public.lead_bot_trace(array[a.account_key])
       from lead_bot.alerts a
      where a.id = ${newest}`,
  ],
  ['/lead hot', 'select public.lead_bot_list(null, 15)'],
  ['/lead mine', `select public.lead_bot_list('U0ALICE', 15)`],
  [
    '/lead hot vector >500',
    `select public.lead_bot_list(null, 15, p_filter =>
       '{"terms": [{"words": ["vector"], "plan": null, "feature": "uses_vector"}], "least": 501, "most": null, "late": false}')`,
  ],
  ['a preview of the digest', `select public.lead_bot_preview_digest('C0HOTLEADS')`],
  [
    'a digest that is made and drawn',
    `do $$
     begin
       assert public.lead_bot_request_digest('C0HOTLEADS', '2100-01-01', now()) = 'made';
       perform lead_bot.refresh_digest(m.id) from lead_bot.messages m where m.dedupe_key = 'digest:C0HOTLEADS:2100-01-01';
     end $$`,
  ],
  [
    'a company that is looked up',
    `select public.lead_bot_lookup(array['${GIANT}'], '{}', array['${GIANT}'], '{}', '${GIANT}', false)`,
  ],
  [
    'an unknown domain',
    `select public.lead_bot_lookup(array['nobody.example'], '{}', array['nobody.example'], '{}', 'nobody', false)`,
  ],
  [
    'a name with a typo',
    `select public.lead_bot_lookup('{}', '{}', '{gigantc systems}', '{}', 'gigantc systems', true)`,
  ],
  [
    'a page at LinkedIn',
    `select public.lead_bot_lookup('{}', '{}', '{}', '{company/nobody}', null, false)`,
  ],
  ['the rest of a list', `select public.lead_bot_list(null, 15, 15, 'open', null)`],
  [
    'a part of a name',
    `select public.lead_bot_lookup('{}', '{}', '{gigant}', '{}', 'gigant', true)`,
  ],
  ['health', 'select public.lead_bot_health()'],
  ['metrics', 'select public.lead_bot_metrics()'],
  ['a start', `select public.lead_bot_resume('C0HOTLEADS', 'C0HOTLEADS')`],
  ['an hour’s tidying up', 'select public.lead_bot_tidy(365)'],
  [
    'one score',
    `update public.lead_scores set usage_score = 41 where id = (select id from public.lead_scores order by developer_id limit 1)`,
  ],
];

test.each(HOT_PATHS)('%s scans no growing table', async (_, text) => {
  const session = await watched();
  expect(await session.read(text)).toEqual([]);
  await session.end();
});

test('none of them does without statistics either', async () => {
  const client = new pg.Client({ connectionString: db.adminUrl });
  await client.connect();
  await forgetStatistics(client);
  await client.end();
  const session = await watched();
  for (const [what, text] of HOT_PATHS) {
    expect.soft(await session.read(text), what).toEqual([]);
  }
  await session.end();
});

test('a sweep reads only the hot part of the view', async () => {
  const session = await watched();
  const read = await session.read('select public.lead_bot_sweep()');
  expect(read).toEqual([]);
  await session.end();
});

/** A poll with everything that follows it within a second. */
const POLL = `
  do $$
  declare
    v_changes jsonb := public.lead_bot_changes(86400, 100);
  begin
    perform public.lead_bot_record_poll(jsonb_build_object(
      'channel', 'C0', 'rearm_seconds', 86400, 'rollup_reason', 'storm', 'unfinished', false, 'rotation', true,
      'marks', v_changes -> 'marks', 'entries', coalesce((
        select jsonb_agg(jsonb_build_object('developer_id', e.value ->> 'developer_id', 'show',
                           case when random() < 0.05 then 'card' else 'rollup' end))
          from jsonb_array_elements(v_changes -> 'entered') e
      ), '[]')));
    perform public.lead_bot_follow(86400);
  end $$`;
const GESTURES: readonly (readonly [string, string])[] = [
  ['a claim', `select public.lead_bot_claim(${newest}, 'U0')`],
  [
    'a claim, a contact and a claim that is given back',
    `select public.lead_bot_claim(id, 'U0'), public.lead_bot_contact(id, 'U0', 'call', null),
            public.lead_bot_release(id, 'U0')
       from (select ${newest} as id) a`,
  ],
];
const hotLeads = (companies: number, from: number) => `
  create temporary table if not exists new_leads (id uuid, domain text);
  delete from new_leads where true;
  insert into new_leads select gen_random_uuid(), 'd' || n || '.example' from generate_series(${from}, ${from + companies - 1}) n;
  insert into public.company_enrichment (domain, company_name) select domain, domain from new_leads on conflict do nothing;
  insert into public.developer_signups (id, email, company_domain) select id, 'a' || id || '@' || domain, domain from new_leads;
  insert into public.lead_scores
    (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select id, 90, 90, 90, 90, 90 from new_leads`;

/** Statements that read all open alerts, or need rows of the big database. */
const READ_ALL_THAT_IS_OPEN = new Set([
  'a poll',
  'a lead that enters',
  '/lead hot',
  '/lead mine',
  '/lead hot vector >500',
  'the rest of a list',
  'a preview of the digest',
  'a digest that is made and drawn',
  'health',
  'metrics',
  'how webhooks do',
  'a Home tab',
  'a Home tab of a member of one channel',
]);

test("plans cached while the tables were empty don't scan them later", async () => {
  const young = await testDatabase();
  // On a busy machine autovacuum would analyze the tables while they are small, and have all plans made again.
  await young.sql(withoutAutovacuum(`c.relname = any ('{${[...GROWING].join(',')}}')`));
  const session = await watched(young.adminUrl, 200);
  const paths = [
    ['a poll', POLL],
    ...HOT_PATHS.filter(([what]) => !READ_ALL_THAT_IS_OPEN.has(what)),
    ...GESTURES,
  ] as const;
  const everything = async (): Promise<void> => {
    for (const [, text] of paths) await session.run(text);
  };
  await everything();
  // A company gets a card, then a colleague joins, so every statement's plan is cached.
  await session.run(hotLeads(2, 1));
  await everything();
  await session.run(hotLeads(2, 2));
  await everything();
  await session.run(hotLeads(800, 10));
  for (let polls = 0; polls < 9; polls++) await session.run(POLL);
  await session.run(hotLeads(100, 10));
  for (const [what, text] of paths) expect.soft(await session.read(text), what).toEqual([]);
  await session.end();
});

/** Two years of one AE's work, all of it over, and a few alerts that are open. */
const YEARS_OF_WORK = `
  set session_replication_role = replica;
  with done as (
    insert into lead_bot.alerts
      (account_key, status, opened_at, closed_at, owner, claimed_at, contacted_at, contact_method, outcome, score)
    select 'done' || n || '.example', 'contacted', now() - make_interval(hours => 6 * n), now() - make_interval(hours => 6 * n),
           'U0AE1', now() - make_interval(hours => 6 * n), now() - make_interval(hours => 6 * n), 'call', 'won', 80
      from generate_series(1, 10000) n
    returning id
  ), undone as (
    insert into lead_bot.undos (alert_id, at, actor, kind, before) select id, now() - interval '1 day', 'U0AE1', 'claimed', '{}' from done
  ), offered as (
    insert into lead_bot.offers (alert_id, holder, source, made_at, until, ended_at, ended)
    select id, 'U0AE1', 'owner', now() - interval '1 day', now() - interval '1 day', now() - interval '1 day', 'claimed' from done
  ), carded as (
    insert into lead_bot.messages (kind, alert_id, channel, dedupe_key, state, slack_channel, slack_ts, shown_version)
    select 'card', id, 'C0HOTLEADS', 'card:' || id, 'posted', 'C0HOTLEADS', '1.1', 1 from done
    returning id, alert_id
  )
  insert into lead_bot.message_alerts (message_id, alert_id) select id, alert_id from carded;
  insert into lead_bot.alert_events (alert_id, at, kind, actor, to_status)
    select a.id, now() - interval '1 day', 'claimed', 'U0AE1', 'claimed' from lead_bot.alerts a cross join generate_series(1, 3);
  insert into lead_bot.alerts (account_key, score) select 'open' || n || '.example', 90 from generate_series(1, 50) n;
  set session_replication_role = origin`;

test.each([
  ['new', ''],
  [
    'emptied and vacuumed',
    `${YEARS_OF_WORK}; set session_replication_role = replica; delete from lead_bot.alert_events where true;
     set session_replication_role = origin; delete from lead_bot.alerts where true; delete from lead_bot.messages where true`,
  ],
])(
  'a Home tab reads nothing that is over, with plans from when the tables were %s',
  async (_, before) => {
    const young = await testDatabase();
    const session = await watched(young.adminUrl, 200);
    if (before !== '') {
      await young.sql(before);
      await young.sql('vacuum (analyze)');
    }
    const paths = HOT_PATHS.filter(([what]) => what.startsWith('a Home tab'));
    for (let times = 0; times < 7; times++) for (const [, text] of paths) await session.read(text);
    await young.sql(YEARS_OF_WORK);
    for (const [what, text] of paths) expect.soft(await session.read(text), what).toEqual([]);
    await session.end();
  },
);
