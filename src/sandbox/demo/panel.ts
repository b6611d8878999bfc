import pg from 'pg';
import type { Panel } from '../slack/local-slack.ts';
import type { PanelAction, Tip } from '../slack/protocol.ts';
import { laterSql } from './later.ts';

/** A change that the scoring pipeline would make, or time that passes. */
interface Scenario extends PanelAction {
  sql: string;
}

const CLOUDMETRICS = '33333333-3333-3333-3333-333333333333';
const MEDISYNC = '44444444-4444-4444-4444-444444444444';
const VELOCITYPAY = '11111111-1111-1111-1111-111111111111';
const COLLEAGUE = '22222222-aaaa-4222-8222-222222222222';

/** Adds a score row like the pipeline does; the newest row counts. */
const score = (developer: string, scores: string, action: string): string => `
  insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score,
                                  champion_score, timing_score, suggested_action, scored_at)
  values ('${developer}', ${scores}, ${action}, clock_timestamp());`;

const previousAction = (developer: string): string => `(
  select s.suggested_action from public.lead_scores s where s.developer_id = '${developer}'
   order by s.scored_at desc limit 1)`;

/** Adds a usage row: a copy of the last one with `set` applied. */
const usage = (developer: string, set: string): string => `
  create temporary table next_usage on commit drop as
    select * from public.internal_signals s where s.developer_id = '${developer}'
     order by s.captured_at desc limit 1;
  update next_usage set id = gen_random_uuid(), captured_at = clock_timestamp(), ${set};
  insert into public.internal_signals (
    id, developer_id, project_count, active_projects, uses_auth, uses_storage, uses_edge_functions,
    uses_realtime, uses_vector, uses_cron, billing_tier, tier_upgraded_at, team_member_count,
    team_members_added_last_30d, api_calls_30d, api_calls_prev_30d, last_active_at,
    dashboard_logins_30d, captured_at)
  select id, developer_id, project_count, active_projects, uses_auth, uses_storage, uses_edge_functions,
         uses_realtime, uses_vector, uses_cron, billing_tier, tier_upgraded_at, team_member_count,
         team_members_added_last_30d, api_calls_30d, api_calls_prev_30d, last_active_at,
         dashboard_logins_30d, captured_at
    from next_usage;`;

const SCENARIOS: readonly Scenario[] = [
  {
    id: 'later',
    label: 'Two hours later',
    hint: 'Of a lead that nobody claimed, Alice is reminded in its thread, then Mona in a direct message. Of a claimed one its owner is warned after six hours, and loses it two hours later.',
    sql: laterSql('2 hours'),
  },
  {
    id: 'much-later',
    label: 'Two weeks later',
    hint: 'The bot asks what came of leads that were contacted.',
    sql: laterSql('14 days'),
  },
  {
    id: 'cloudmetrics-hot',
    label: 'CloudMetrics turns hot',
    hint: 'API calls jump and Vector is turned on. A card arrives in #hot-leads.',
    sql:
      usage(
        CLOUDMETRICS,
        'api_calls_prev_30d = api_calls_30d, api_calls_30d = api_calls_30d * 19 / 10, uses_vector = true, team_member_count = team_member_count + 3',
      ) +
      score(
        CLOUDMETRICS,
        '82, 92, 88, 80, 84',
        "'Usage nearly doubled in a month and Vector was switched on this week, while their job posts ask for Supabase experience. Ask who owns the data platform hire and offer a Team plan review.'",
      ),
  },
  {
    id: 'velocitypay-cools',
    label: 'VelocityPay cools',
    hint: 'Its score drops to warm. The card says so, and folds after the re-arm time (30 s here, 24 h by default).',
    sql: score(VELOCITYPAY, '85, 60, 70, 60, 50', previousAction(VELOCITYPAY)),
  },
  {
    id: 'velocitypay-hot',
    label: 'VelocityPay heats up again',
    hint: 'Within the re-arm time, the same card is hot again. Later, a new card says what happened last time.',
    sql: score(VELOCITYPAY, '85, 97, 92, 84, 88', previousAction(VELOCITYPAY)),
  },
  {
    id: 'homefront-colleague',
    label: 'A colleague at HomeFront turns hot',
    hint: 'One company, one card: she is added to it, with a note in its thread.',
    sql: `
      insert into public.developer_signups (id, email, full_name, company_domain, signup_source)
      select '${COLLEAGUE}', 'ines.duarte@' || d.company_domain, 'Ines Duarte', d.company_domain, 'referral'
        from public.developer_signups d where d.id = '22222222-2222-2222-2222-222222222222'
      on conflict do nothing;
      insert into public.internal_signals (developer_id, project_count, uses_auth, uses_storage, billing_tier,
                                           team_member_count, api_calls_30d, api_calls_prev_30d, last_active_at)
      values ('${COLLEAGUE}', 2, true, true, 'pro', 3, 640000, 210000, now());
      ${score(COLLEAGUE, '90, 84, 82, 78, 80', "'Second team at HomeFront is migrating from Firebase. Bring both teams into one call.'")}`,
  },
  {
    id: 'medisync-hot',
    label: 'MediSync turns hot',
    hint: 'A healthcare company that needs HIPAA. Another new card.',
    sql:
      usage(
        MEDISYNC,
        'api_calls_prev_30d = api_calls_30d, api_calls_30d = api_calls_30d * 17 / 10, uses_storage = true, team_member_count = team_member_count + 2',
      ) + score(MEDISYNC, '88, 84, 86, 78, 90', previousAction(MEDISYNC)),
  },
  {
    id: 'storm',
    label: 'A re-score makes 25 companies hot',
    hint: 'The best ten get cards, one per second. The rest go into one roll-up.',
    sql: `
      with batch as (select to_char(clock_timestamp(), 'HH24MISS') as stamp),
      fresh as (
        insert into public.company_enrichment (domain, company_name, industry, employee_count, employee_range, funding_stage)
        select 'acme-' || b.stamp || '-' || n || '.example', 'Acme ' || b.stamp || '-' || n, 'Software', 40 * n, '201-500', 'series_a'
          from generate_series(1, 25) n, batch b
        returning domain, company_name
      ),
      people as (
        insert into public.developer_signups (email, full_name, company_domain)
        select 'dev@' || f.domain, 'Dev of ' || f.company_name, f.domain from fresh f
        returning id
      )
      insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action)
      select p.id, 80 + (random() * 15)::int, 90, 85, 80, 80, 'Check whether the re-score is right before you reach out.'
        from people p;`,
  },
  {
    id: 'broken-row',
    label: 'A broken row appears',
    hint: 'It scores 244 of 100 points. The bot skips it and logs it on the terminal; other leads are not affected.',
    sql: `
      with fresh as (
        insert into public.developer_signups (email, full_name, company_domain)
        values ('broken-' || to_char(clock_timestamp(), 'HH24MISSMS') || '@brokenrow.example', 'Broken Row', 'brokenrow.example')
        returning id
      )
      insert into public.lead_scores (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
      select id, 700, 95, 95, 95, 95 from fresh;`,
  },
];

/** The demo's panel on a sandbox database. Each action is one transaction. */
export function createPanel(databaseUrl: string, tips: readonly Tip[] = []): Panel {
  return {
    tips,
    actions: SCENARIOS.map(({ id, label, hint }) => ({ id, label, hint })),
    async run(id) {
      const scenario = SCENARIOS.find((s) => s.id === id);
      if (scenario === undefined) throw new Error(`There is no panel action ${id}`);
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      try {
        await client.query(`begin; ${scenario.sql} commit;`);
      } finally {
        await client.end();
      }
    },
  };
}
