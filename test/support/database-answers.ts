import type { Database } from '../../src/adapters/supabase-client.ts';
import { ALERT_ID } from '../blocks/samples.ts';

export type Json = Readonly<Record<string, unknown>>;

interface AnsweringDatabase extends Database {
  /** Each call's function name and arguments. */
  calls: (readonly [string, Json])[];
}

/** A database that returns these answers in turn, repeating the last, each parsed like a real one. */
export function answering(...answers: readonly unknown[]): AnsweringDatabase {
  const calls: (readonly [string, Json])[] = [];
  return {
    calls,
    async call(name, args, answer) {
      const given = answers[Math.min(calls.length, answers.length - 1)];
      calls.push([name, args]);
      return answer.parse(given);
    },
  };
}

/** A row of `lead_bot.leads` with a distinct value in each column. */
export const leadRow = (part: Json = {}): Json => ({
  developer_id: '11111111-1111-1111-1111-111111111111',
  email: 'marcus.chen@velocitypay.io',
  champion_name: 'Marcus Chen',
  company_domain: 'velocitypay.io',
  company_name: 'VelocityPay',
  industry: 'Financial Services',
  employee_count: 180,
  employee_range: '51-200',
  funding_stage: 'series_b',
  total_funding_usd: 45_000_000,
  tech_stack: ['AWS', { name: 'Auth0' }],
  project_count: 4,
  billing_tier: 'pro',
  team_member_count: 5,
  api_calls_30d: 2_800_000,
  api_call_growth_pct: -12.5,
  last_active_at: '2026-03-01T18:00:00+01:00',
  features_used: ['Auth', 'Storage'],
  total_score: 88,
  tier: 'hot',
  suggested_action: 'Call them',
  stakeholder_count: 2,
  signal_count: 3,
  ...part,
});

/** The same within an account. */
export const accountLeadRow = (part: Json = {}): Json => ({
  ...leadRow(),
  company_score: 85,
  usage_score: 95,
  expansion_score: 90,
  champion_score: 80,
  timing_score: 70,
  entered_at: '2026-03-02T09:00:00Z',
  left_at: null,
  before: null,
  ...part,
});

export const alertRow = (part: Json = {}): Json => ({
  id: ALERT_ID,
  account_key: 'velocitypay.io',
  status: 'open',
  opened_at: '2026-03-02T09:00:00Z',
  hot_at_first_poll: false,
  closed_at: null,
  owner: null,
  claimed_at: null,
  contacted_at: null,
  contact_method: null,
  contact_note: null,
  cooling_since: null,
  merged_into: null,
  continues_at: null,
  ...part,
});

export const accountRow = (part: Json = {}): Json => ({
  key: 'velocitypay.io',
  domain: 'velocitypay.io',
  name: 'VelocityPay',
  leads: [],
  signals: [],
  stakeholders: [],
  ...part,
});

/** An alert as `lead_bot.alert_json` returns it, with a test's overrides. */
export const pictureRow = (
  parts: { alert?: Json; account?: Json; events?: readonly Json[]; past?: Json | null } = {},
): Json => ({
  alert: alertRow(parts.alert),
  account: accountRow(parts.account),
  events: parts.events ?? [],
  past: parts.past ?? null,
});
