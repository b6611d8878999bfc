import { createClient } from '@supabase/supabase-js';
import { expect, test } from 'vitest';
import { makeLeadsPublic } from '../support/public-leads.ts';
import { clientFor, testDatabase } from '../support/supabase.ts';

const database = await testDatabase({ seed: true });

test('each of the five sample leads has the total and tier of its story', async () => {
  const rows = await database.sql(
    'select company_name, total_score, tier from public.lead_dashboard order by total_score desc',
  );
  expect(rows).toEqual([
    { company_name: 'VelocityPay', total_score: 88, tier: 'hot' },
    { company_name: 'HomeFront Technologies', total_score: 86, tier: 'hot' },
    { company_name: 'CloudMetrics', total_score: 74, tier: 'warm' },
    { company_name: 'MediSync', total_score: 68, tier: 'warm' },
    { company_name: 'TaskFlow', total_score: 45, tier: 'nurture' },
  ]);
});

test('every sample lead has stakeholders, signals and a suggested action', async () => {
  const rows = await database.sql<{ company_name: string }>(
    `select company_name from public.lead_dashboard
      where stakeholder_count = 0 or signal_count = 0 or coalesce(suggested_action, '') = ''
         or employee_count is null or cardinality(features_used) = 0`,
  );
  expect(rows).toEqual([]);
});

test('every sample row is in the past', async () => {
  const rows = await database.sql(
    `select id from public.developer_signups where greatest(signup_date, updated_at) > now()
     union all select id from public.internal_signals where greatest(last_active_at, captured_at) > now()
     union all select id from public.expansion_signals where signal_date > current_date
     union all select id from public.lead_scores where scored_at > now()`,
  );
  expect(rows).toEqual([]);
});

test('with the given policies the anon key reads the dashboard', async () => {
  await makeLeadsPublic(database);
  const supabase = createClient(database.url, database.keyFor('anon'));
  const { data, error } = await supabase.from('lead_dashboard').select('company_name');
  expect(error).toBeNull();
  expect(data).toHaveLength(5);
});

test("with the given policies the anon key can't write", async () => {
  const supabase = createClient(database.url, database.keyFor('anon'));
  const { error } = await supabase.from('lead_scores').insert({
    developer_id: '11111111-1111-1111-1111-111111111111',
    company_score: 1,
  });
  expect(error?.code).toBe('42501');
});

test("the bot's role can't read lead tables directly", async () => {
  const { error } = await clientFor(database, 'lead_bot').from('developer_signups').select('email');
  expect(error?.code).toBe('42501');
});
