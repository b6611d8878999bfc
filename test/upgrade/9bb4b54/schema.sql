-- Lead Alerts: everything the bot needs in the database. Safe to run again.
begin;
set local client_min_messages = warning;
set local search_path = public;
-- Functions may name functions that come later in this script.
set local check_function_bodies = off;
-- Two runs at once would trip over each other: the second waits here.
do $do$ begin perform pg_advisory_xact_lock(hashtextextended('lead-alerts: apply', 0)); end $do$;

do $do$ begin raise info 'lead-alerts: lead-scoring/schema.sql'; end $do$;

do $guard$
declare
  v_have text[] := array(
    select t from unnest(array['developer_signups', 'internal_signals', 'company_enrichment', 'stakeholders', 'expansion_signals', 'lead_scores']) t where to_regclass('public.' || t) is not null);
  v_lack text[] := array(
    select t from unnest(array['developer_signups', 'internal_signals', 'company_enrichment', 'stakeholders', 'expansion_signals', 'lead_scores']) t where to_regclass('public.' || t) is null);
begin
  if to_regclass('public.lead_dashboard') is not null then
    return;
  end if;
  if cardinality(v_have) > 0 then
    raise exception 'public has a part of the lead tables (%) but not the view lead_dashboard%',
      array_to_string(v_have, ', '),
      case when cardinality(v_lack) > 0 then ' and not ' || array_to_string(v_lack, ', ') else '' end
      using errcode = 'LA001',
            hint = 'Complete the schema from lead-scoring/schema.sql by hand, or move these tables away.';
  end if;
  execute $sql$
-- Lead Scoring System for Product-Led Growth
-- Designed for Supabase Enterprise AE workflow
--
-- This schema demonstrates how to prioritize developer signups
-- for enterprise expansion based on internal usage signals
-- and external company enrichment.

-- ============================================================
-- CORE TABLES
-- ============================================================

-- Developer signups (simulates Supabase's internal user data)
CREATE TABLE developer_signups (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  email TEXT NOT NULL UNIQUE,
  full_name TEXT,
  company_domain TEXT,  -- Extracted from email or provided
  signup_date TIMESTAMPTZ NOT NULL DEFAULT now(),
  signup_source TEXT,   -- 'organic', 'github', 'google', 'referral'

  -- Computed column: auto-detect company vs personal email
  is_company_email BOOLEAN GENERATED ALWAYS AS (
    email NOT LIKE '%@gmail.com'
    AND email NOT LIKE '%@yahoo.com'
    AND email NOT LIKE '%@hotmail.com'
    AND email NOT LIKE '%@outlook.com'
    AND email NOT LIKE '%@icloud.com'
  ) STORED,

  created_at TIMESTAMPTZ DEFAULT now(),
  updated_at TIMESTAMPTZ DEFAULT now()
);

-- Internal usage signals (what we'd get from Supabase platform)
CREATE TABLE internal_signals (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  developer_id UUID NOT NULL REFERENCES developer_signups(id) ON DELETE CASCADE,

  -- Project metrics
  project_count INT DEFAULT 0,
  active_projects INT DEFAULT 0,

  -- Feature adoption (boolean flags)
  uses_auth BOOLEAN DEFAULT false,
  uses_storage BOOLEAN DEFAULT false,
  uses_edge_functions BOOLEAN DEFAULT false,
  uses_realtime BOOLEAN DEFAULT false,
  uses_vector BOOLEAN DEFAULT false,
  uses_cron BOOLEAN DEFAULT false,

  -- Billing
  billing_tier TEXT DEFAULT 'free',  -- 'free', 'pro', 'team', 'enterprise'
  tier_upgraded_at TIMESTAMPTZ,

  -- Team
  team_member_count INT DEFAULT 1,
  team_members_added_last_30d INT DEFAULT 0,

  -- Usage volume
  api_calls_30d BIGINT DEFAULT 0,
  api_calls_prev_30d BIGINT DEFAULT 0,

  -- Computed growth percentage
  api_call_growth_pct NUMERIC GENERATED ALWAYS AS (
    CASE
      WHEN api_calls_prev_30d > 0
      THEN ROUND(((api_calls_30d - api_calls_prev_30d)::NUMERIC / api_calls_prev_30d) * 100, 1)
      ELSE 0
    END
  ) STORED,

  last_active_at TIMESTAMPTZ,
  dashboard_logins_30d INT DEFAULT 0,
  captured_at TIMESTAMPTZ DEFAULT now()
);

-- Company enrichment (from Apollo, LinkedIn, Clearbit, etc.)
CREATE TABLE company_enrichment (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  domain TEXT NOT NULL UNIQUE,
  company_name TEXT,
  industry TEXT,
  employee_count INT,
  employee_range TEXT,  -- '1-10', '11-50', '51-200', '201-500', '501-1000', '1000+'
  company_type TEXT,    -- 'startup', 'scaleup', 'enterprise', 'agency'
  funding_stage TEXT,   -- 'seed', 'series_a', 'series_b', etc.
  total_funding_usd BIGINT,
  tech_stack JSONB DEFAULT '[]',
  linkedin_url TEXT,
  enriched_at TIMESTAMPTZ DEFAULT now()
);

-- Key stakeholders at the company
CREATE TABLE stakeholders (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_domain TEXT NOT NULL REFERENCES company_enrichment(domain) ON DELETE CASCADE,
  full_name TEXT NOT NULL,
  title TEXT,
  department TEXT,  -- 'engineering', 'product', 'security', 'finance'
  seniority TEXT,   -- 'ic', 'manager', 'director', 'vp', 'c-level'
  linkedin_url TEXT,
  is_decision_maker BOOLEAN DEFAULT false,
  is_technical BOOLEAN DEFAULT false,
  is_budget_holder BOOLEAN DEFAULT false,
  enriched_at TIMESTAMPTZ DEFAULT now()
);

-- Expansion signals (hiring, news, tech changes)
CREATE TABLE expansion_signals (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  company_domain TEXT NOT NULL REFERENCES company_enrichment(domain) ON DELETE CASCADE,
  signal_type TEXT NOT NULL,  -- 'hiring', 'funding', 'tech_migration', 'news'
  signal_title TEXT NOT NULL,
  signal_detail TEXT,
  signal_date DATE,
  signal_strength TEXT DEFAULT 'medium',  -- 'low', 'medium', 'high'
  captured_at TIMESTAMPTZ DEFAULT now()
);

-- ============================================================
-- SCORING TABLE (with computed total + tier)
-- ============================================================

CREATE TABLE lead_scores (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  developer_id UUID NOT NULL REFERENCES developer_signups(id) ON DELETE CASCADE,

  -- Component scores (0-100)
  company_score INT DEFAULT 0,      -- Is this an enterprise target?
  usage_score INT DEFAULT 0,        -- How active are they?
  expansion_score INT DEFAULT 0,    -- Are there expansion signals?
  champion_score INT DEFAULT 0,     -- How engaged is the developer?
  timing_score INT DEFAULT 0,       -- Is now a good time?

  -- Computed total score with weighted formula
  total_score INT GENERATED ALWAYS AS (
    ROUND(
      (company_score * 0.25) +      -- 25% weight
      (usage_score * 0.30) +        -- 30% weight (most important for PLG)
      (expansion_score * 0.20) +    -- 20% weight
      (champion_score * 0.15) +     -- 15% weight
      (timing_score * 0.10)         -- 10% weight
    )
  ) STORED,

  -- Computed tier assignment
  tier TEXT GENERATED ALWAYS AS (
    CASE
      WHEN (company_score * 0.25 + usage_score * 0.30 + expansion_score * 0.20
            + champion_score * 0.15 + timing_score * 0.10) >= 80 THEN 'hot'
      WHEN (company_score * 0.25 + usage_score * 0.30 + expansion_score * 0.20
            + champion_score * 0.15 + timing_score * 0.10) >= 60 THEN 'warm'
      WHEN (company_score * 0.25 + usage_score * 0.30 + expansion_score * 0.20
            + champion_score * 0.15 + timing_score * 0.10) >= 40 THEN 'nurture'
      ELSE 'monitor'
    END
  ) STORED,

  suggested_action TEXT,
  scored_at TIMESTAMPTZ DEFAULT now()
);

-- ============================================================
-- DASHBOARD VIEW (joins everything for the UI)
-- ============================================================

CREATE OR REPLACE VIEW lead_dashboard AS
SELECT
  d.id AS developer_id,
  d.email,
  d.full_name AS champion_name,
  d.company_domain,
  d.is_company_email,
  c.company_name,
  c.industry,
  c.employee_count,
  c.employee_range,
  c.funding_stage,
  c.total_funding_usd,
  c.tech_stack,
  i.project_count,
  i.billing_tier,
  i.team_member_count,
  i.api_calls_30d,
  i.api_call_growth_pct,
  i.uses_auth,
  i.uses_edge_functions,
  i.uses_realtime,
  i.uses_vector,
  i.last_active_at,

  -- Features as array for easy display
  ARRAY_REMOVE(ARRAY[
    CASE WHEN i.uses_auth THEN 'Auth' END,
    CASE WHEN i.uses_storage THEN 'Storage' END,
    CASE WHEN i.uses_edge_functions THEN 'Edge Functions' END,
    CASE WHEN i.uses_realtime THEN 'Realtime' END,
    CASE WHEN i.uses_vector THEN 'Vector' END,
    CASE WHEN i.uses_cron THEN 'Cron' END
  ], NULL) AS features_used,

  s.total_score,
  s.tier,
  s.suggested_action,

  (SELECT COUNT(*) FROM stakeholders WHERE company_domain = d.company_domain) AS stakeholder_count,
  (SELECT COUNT(*) FROM expansion_signals WHERE company_domain = d.company_domain) AS signal_count

FROM developer_signups d
LEFT JOIN company_enrichment c ON c.domain = d.company_domain
LEFT JOIN internal_signals i ON i.developer_id = d.id
LEFT JOIN lead_scores s ON s.developer_id = d.id
WHERE d.is_company_email = true  -- Only show company emails
ORDER BY s.total_score DESC NULLS LAST;

-- ============================================================
-- ROW LEVEL SECURITY
-- ============================================================

ALTER TABLE developer_signups ENABLE ROW LEVEL SECURITY;
ALTER TABLE internal_signals ENABLE ROW LEVEL SECURITY;
ALTER TABLE company_enrichment ENABLE ROW LEVEL SECURITY;
ALTER TABLE stakeholders ENABLE ROW LEVEL SECURITY;
ALTER TABLE expansion_signals ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_scores ENABLE ROW LEVEL SECURITY;

-- Public read for demo purposes
CREATE POLICY "public read" ON developer_signups FOR SELECT USING (true);
CREATE POLICY "public read" ON internal_signals FOR SELECT USING (true);
CREATE POLICY "public read" ON company_enrichment FOR SELECT USING (true);
CREATE POLICY "public read" ON stakeholders FOR SELECT USING (true);
CREATE POLICY "public read" ON expansion_signals FOR SELECT USING (true);
CREATE POLICY "public read" ON lead_scores FOR SELECT USING (true);
$sql$;
end
$guard$;

do $do$ begin raise info 'lead-alerts: lead-scoring/indexes.sql'; end $do$;

-- The given schema has no index on any foreign key, so `lead_dashboard` scans whole tables for each
-- lead it shows. With a million leads, reading the hot ones did not finish within two minutes; with
-- these it takes a fifth of a second.
--
-- Building one keeps writers of its table waiting, for about a second per million rows, until all of this
-- script is committed. One that is there is not touched: even `create index if not exists` would lock its
-- table against the scoring pipeline.
do $$
declare
  v_index record;
begin
  for v_index in
    select * from (values
      -- The newest score of a lead (a lead may have several), and the join of the view. The id decides
      -- between two scores of the same moment, so that every reader picks the same one. It carries the
      -- tier, which each poll asks of every tracked lead.
      ('lead_scores_newest_per_developer',
       'on public.lead_scores (developer_id, scored_at desc nulls last, id desc) include (tier)'),

      -- The poll's question "who is hot?": as small as the hot tier, however many leads there are.
      ('lead_scores_hot', 'on public.lead_scores (developer_id) where tier = ''hot'''),

      -- The newest usage of a lead, and the join of the view.
      ('internal_signals_newest_per_developer',
       'on public.internal_signals (developer_id, captured_at desc nulls last, id desc)'),

      -- The view counts both of these once per lead.
      ('stakeholders_company_domain', 'on public.stakeholders (company_domain)'),
      ('expansion_signals_company_domain', 'on public.expansion_signals (company_domain)'),

      -- Whose address is personal, and who is therefore no lead: each poll asks that of every tracked one.
      ('developer_signups_personal', 'on public.developer_signups (id) where not is_company_email'),

      -- All leads of one account: accounts are keyed by the lower-cased domain, and the same expression
      -- serves `/lead velocitypay.io` however the domain is spelled.
      ('developer_signups_account',
       'on public.developer_signups (lower(company_domain) text_pattern_ops)'),

      -- `/lead velocitypay` and `/lead marcus.chen@velocitypay.io`, in any letter case. With
      -- text_pattern_ops one index answers both `=` and `like 'velocity%'`, in any collation.
      ('company_enrichment_name',
       'on public.company_enrichment (lower(company_name) text_pattern_ops)'),
      ('developer_signups_email', 'on public.developer_signups (lower(email) text_pattern_ops)')
    ) as wanted (name, definition)
    where to_regclass('public.' || name) is null
  loop
    execute format('create index %I %s', v_index.name, v_index.definition);
  end loop;
end;
$$;

do $do$ begin raise info 'lead-alerts: the role and the schema of the bot'; end $do$;

do $guard$
begin
  if not exists (select from pg_roles where rolname = 'authenticator') then
    raise exception 'there is no role "authenticator": this is not a Supabase database'
      using errcode = 'LA002', hint = 'Check that DATABASE_URL is the one of your Supabase project.';
  end if;
  if not exists (select from pg_roles where rolname = 'lead_bot') then
    create role lead_bot nologin noinherit nobypassrls;
  end if;
  if not pg_has_role('authenticator', 'lead_bot', 'member') then
    grant lead_bot to authenticator;
  end if;
end
$guard$;

create schema if not exists lead_bot;
revoke all on schema lead_bot from public;
create table if not exists lead_bot.migrations (
  name text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
);
alter table lead_bot.migrations enable row level security;
comment on table lead_bot.migrations is 'Which files of sql/lead-bot/migrations this database has had.';

do $do$ begin raise info 'lead-alerts: lead-bot/migrations/0001-alerts.sql'; end $do$;

do $guard$
declare
  v_checksum text := (select checksum from lead_bot.migrations where name = '0001-alerts.sql');
begin
  if v_checksum = '40d1085a84257941b31b52489169319917ed83275f5ff6814f1ac0ef2b074393' then
    return;
  end if;
  if v_checksum is not null then
    raise exception 'migration 0001-alerts.sql was changed after it had been applied'
      using errcode = 'LA003', hint = 'Put the file back as it was, and make the change in a new migration.';
  end if;
  execute $sql$
-- The bot's own tables. Nothing here is exposed through the API: the bot reaches them through the
-- functions public.lead_bot_…, which are its whole surface.

create table lead_bot.alerts (
  id uuid primary key default gen_random_uuid(),
  account_key text not null,
  status text not null default 'open' check (status in ('open', 'claimed', 'contacted', 'cooled')),
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  cooling_since timestamptz,
  owner text,
  claimed_at timestamptz,
  contacted_at timestamptz,
  contact_method text check (contact_method in ('email', 'call', 'linkedin', 'meeting', 'other')),
  contact_note text check (char_length(contact_note) <= 3000),
  constraint open_has_no_owner check (status <> 'open' or (owner is null and claimed_at is null)),
  constraint claimed_has_owner check (
    status not in ('claimed', 'contacted') or (owner is not null and claimed_at is not null)
  ),
  constraint contacted_says_how check (
    status <> 'contacted' or (contacted_at is not null and contact_method is not null)
  ),
  constraint cooled_is_closed check (status <> 'cooled' or closed_at is not null)
);
comment on table lead_bot.alerts is
  'One hot episode of an account, from the poll that saw its first lead enter hot until the account has been out of hot for the re-arm time.';
comment on column lead_bot.alerts.account_key is
  'Lower-cased company domain, or lead:<developer id> for a lead without one.';
comment on column lead_bot.alerts.cooling_since is
  'Since when no lead of the alert has been hot; null while one is.';
comment on column lead_bot.alerts.owner is 'Slack user id of the AE who has the claim.';
create unique index one_open_alert_per_account on lead_bot.alerts (account_key) where closed_at is null;
create index alerts_by_account on lead_bot.alerts (account_key, opened_at desc);
create index alerts_by_owner on lead_bot.alerts (owner, claimed_at desc) where owner is not null;
create index alerts_by_contact on lead_bot.alerts (contacted_at) where contacted_at is not null;
create index alerts_by_close on lead_bot.alerts (closed_at) where closed_at is not null;

-- No foreign key onto developer_signups: it would stop the scoring pipeline from truncating its
-- own tables. A lead that has vanished counts as one that has left hot.
create table lead_bot.alert_leads (
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  developer_id uuid not null,
  entered_at timestamptz not null default now(),
  left_at timestamptz,
  score_at_entry int,
  primary key (alert_id, developer_id)
);
comment on table lead_bot.alert_leads is
  'Which developers belong to an alert, when each entered hot and, while it is out of hot, since when.';
create index alert_leads_by_developer on lead_bot.alert_leads (developer_id);

create table lead_bot.alert_events (
  id bigint generated always as identity primary key,
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (
    kind in ('opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled')
  ),
  actor text,
  detail text,
  from_status text,
  to_status text not null
);
comment on table lead_bot.alert_events is
  'Append-only: who did what, when, from which status to which. actor is null for the bot itself.';
create index alert_events_by_alert on lead_bot.alert_events (alert_id, id);

create table lead_bot.messages (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('card', 'rollup', 'digest', 'notice')),
  alert_id uuid references lead_bot.alerts (id) on delete cascade,
  parent_id uuid references lead_bot.messages (id) on delete cascade,
  channel text not null,
  dedupe_key text not null unique,
  payload jsonb not null default '{}',
  -- Messages of one poll keep their order: best lead first.
  created_at timestamptz not null default clock_timestamp(),

  wanted_version int not null default 1,
  shown_version int not null default 0,
  shown_hash text,
  urgent boolean not null default false,

  state text not null default 'pending' check (state in ('pending', 'unclear', 'posted', 'gone', 'dead')),
  slack_channel text,
  slack_ts text,
  posted_at timestamptz,
  plain boolean not null default false,

  next_try_at timestamptz not null default now(),
  attempts int not null default 0,
  attempted_at timestamptz,
  attempted_version int,
  looks int not null default 0,
  recheck_at timestamptz,
  lease_token uuid,
  lease_until timestamptz,
  last_error text,

  constraint posted_has_address check (state <> 'posted' or (slack_channel is not null and slack_ts is not null)),
  constraint notice_has_parent check (kind <> 'notice' or parent_id is not null)
);
comment on table lead_bot.messages is
  'A Slack message that should exist. Gestures, polls and timers raise wanted_version; the deliverer makes Slack show it.';
comment on column lead_bot.messages.state is
  'pending: not in Slack · unclear: an attempt may have reached Slack, look before posting again · posted: it stands at slack_channel/slack_ts · gone: a person deleted it · dead: refused for good.';
comment on column lead_bot.messages.urgent is 'A person is waiting for it: it goes before everything else.';
comment on column lead_bot.messages.plain is 'Slack refused the blocks of this message: it is shown as text only.';
comment on column lead_bot.messages.shown_hash is
  'Fingerprint of what Slack shows: a drawing that is the same is not sent again.';
comment on column lead_bot.messages.attempted_at is
  'When the first post was handed to the bot whose outcome is not known yet; null when there is none. Written before anything is sent.';
comment on column lead_bot.messages.looks is 'How often Slack was searched for a post of unclear outcome, without a find.';
comment on column lead_bot.messages.recheck_at is
  'When to search Slack for a second copy: set by a post that followed an unclear one.';
create index messages_to_do on lead_bot.messages (next_try_at)
  where state in ('pending', 'unclear') or (state = 'posted' and wanted_version > shown_version);
create index messages_to_recheck on lead_bot.messages (recheck_at) where recheck_at is not null;
create index digests_by_channel on lead_bot.messages (channel, created_at) where kind = 'digest';
create index messages_by_address on lead_bot.messages (slack_channel, slack_ts);
create index messages_by_parent on lead_bot.messages (parent_id) where parent_id is not null;

create table lead_bot.message_alerts (
  message_id uuid not null references lead_bot.messages (id) on delete cascade,
  alert_id uuid not null references lead_bot.alerts (id) on delete cascade,
  section text not null default 'alerts',
  position int not null default 0,
  primary key (message_id, alert_id)
);
comment on table lead_bot.message_alerts is
  'Which alerts a message shows, in which section and order: when an alert changes, these messages are drawn again.';
create index message_alerts_by_alert on lead_bot.message_alerts (alert_id);

create table lead_bot.channels (
  channel text primary key,
  next_post_at timestamptz not null default now(),
  paused_until timestamptz,
  pauses int not null default 0,
  pause_reason text
);
comment on table lead_bot.channels is
  'When the next new message may be posted in a channel (Slack: about one a second), and whether the channel is paused. The row * stands for all of Slack.';

create table lead_bot.lead_snapshots (
  id bigint generated always as identity primary key,
  developer_id uuid not null,
  taken_at timestamptz not null default now(),
  -- Snapshots are read in the order in which their transactions became visible, which neither an id
  -- nor a time gives: a long transaction commits small ids late.
  txid xid8 not null default pg_current_xact_id(),
  total_score int,
  tier text,
  company_score int,
  usage_score int,
  expansion_score int,
  champion_score int,
  timing_score int,
  api_calls_30d bigint,
  api_call_growth_pct numeric,
  team_member_count int,
  project_count int,
  billing_tier text,
  features_used text[] not null default '{}',
  suggested_action text
);
comment on table lead_bot.lead_snapshots is
  'What a lead looked like after a change of its score; answers "why hot now?".';
create index lead_snapshots_by_developer on lead_bot.lead_snapshots (developer_id, id desc);
create index lead_snapshots_by_transaction on lead_bot.lead_snapshots (txid);

create table lead_bot.poll_state (
  only_row boolean primary key default true check (only_row),
  first_poll_at timestamptz not null default now(),
  seen_before xid8 not null,
  refreshed_at timestamptz not null default now()
);
comment on table lead_bot.poll_state is
  'One row once the first poll is recorded. Snapshots of transactions before seen_before have been taken into account; refreshed_at is when all open alerts were last drawn anew.';

alter table lead_bot.alerts enable row level security;
alter table lead_bot.alert_leads enable row level security;
alter table lead_bot.alert_events enable row level security;
alter table lead_bot.messages enable row level security;
alter table lead_bot.message_alerts enable row level security;
alter table lead_bot.channels enable row level security;
alter table lead_bot.lead_snapshots enable row level security;
alter table lead_bot.poll_state enable row level security;

revoke all on schema lead_bot from public;
revoke all on all tables in schema lead_bot from public;
$sql$;
  insert into lead_bot.migrations (name, checksum) values ('0001-alerts.sql', '40d1085a84257941b31b52489169319917ed83275f5ff6814f1ac0ef2b074393');
end
$guard$;

do $do$ begin raise info 'lead-alerts: lead-bot/migrations/0002-similarity.sql'; end $do$;

do $guard$
declare
  v_checksum text := (select checksum from lead_bot.migrations where name = '0002-similarity.sql');
begin
  if v_checksum = 'bb1f1d9e20508ea0f638e3f8e0af773328bf7ad98126d437b805e58131b6dee9' then
    return;
  end if;
  if v_checksum is not null then
    raise exception 'migration 0002-similarity.sql was changed after it had been applied'
      using errcode = 'LA003', hint = 'Put the file back as it was, and make the change in a new migration.';
  end if;
  execute $sql$
-- pg_trgm serves near matches of company names. It may already be installed in a schema of the
-- user's choice, so the bot reaches it through a function of its own.
do $$
declare
  v_schema text;
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_trgm') then
    create schema if not exists extensions;
    create extension pg_trgm with schema extensions;
  end if;
  select n.nspname into v_schema
    from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace
   where e.extname = 'pg_trgm';
  execute format(
    'create function lead_bot.similarity(p_a text, p_b text) returns real
     language sql immutable parallel safe
     return %I.similarity(p_a, p_b)', v_schema
  );
end;
$$;
comment on function lead_bot.similarity is 'Likeness of two texts by their trigrams, 0 to 1 (pg_trgm).';
revoke all on function lead_bot.similarity from public;
$sql$;
  insert into lead_bot.migrations (name, checksum) values ('0002-similarity.sql', 'bb1f1d9e20508ea0f638e3f8e0af773328bf7ad98126d437b805e58131b6dee9');
end
$guard$;

do $do$ begin raise info 'lead-alerts: lead-bot/migrations/0003-delivery.sql'; end $do$;

do $guard$
declare
  v_checksum text := (select checksum from lead_bot.migrations where name = '0003-delivery.sql');
begin
  if v_checksum = '2fd1a123948b4a2dfde4c0a3bfd042103de1500eec1387861ebdd75f53cc66cd' then
    return;
  end if;
  if v_checksum is not null then
    raise exception 'migration 0003-delivery.sql was changed after it had been applied'
      using errcode = 'LA003', hint = 'Put the file back as it was, and make the change in a new migration.';
  end if;
  execute $sql$
alter table lead_bot.messages
  add column refusals int not null default 0,
  add column redraw_at timestamptz;
comment on column lead_bot.messages.refusals is
  'How often in a row it was refused with a code that nobody knows, or could not be drawn.';
-- An update of unclear outcome may be carried out by Slack after a newer one, and then an old drawing
-- covers it.
comment on column lead_bot.messages.redraw_at is
  'When to send what is shown once more: an earlier update of unclear outcome may have covered it.';
create index messages_to_redraw on lead_bot.messages (redraw_at) where redraw_at is not null;
-- Nothing looks a message up by where it stands.
drop index lead_bot.messages_by_address;

alter table lead_bot.channels add column next_update_at timestamptz;
comment on column lead_bot.channels.next_update_at is
  'When messages may be updated again, of the row *: Slack limits updates for the whole workspace.';

drop function if exists public.lead_bot_resume(text);
drop function if exists public.lead_bot_request_digest(text, date);
drop function if exists lead_bot.prune_snapshots();
drop function if exists lead_bot.close_cooled(int);
$sql$;
  insert into lead_bot.migrations (name, checksum) values ('0003-delivery.sql', '2fd1a123948b4a2dfde4c0a3bfd042103de1500eec1387861ebdd75f53cc66cd');
end
$guard$;

do $do$ begin raise info 'lead-alerts: lead-bot/migrations/0004-access.sql'; end $do$;

do $guard$
declare
  v_checksum text := (select checksum from lead_bot.migrations where name = '0004-access.sql');
begin
  if v_checksum = 'f42922555a5e39c9dc8e0bd2521b1f3d4a6fe9b1e56c19954364cb9c99ba872c' then
    return;
  end if;
  if v_checksum is not null then
    raise exception 'migration 0004-access.sql was changed after it had been applied'
      using errcode = 'LA003', hint = 'Put the file back as it was, and make the change in a new migration.';
  end if;
  execute $sql$
create table lead_bot.access_refusals (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  team text,
  channel text,
  action text not null,
  why text not null check (
    why in (
      'external', 'guest', 'bot', 'deactivated', 'not-in-channel', 'unchecked',
      'shared-channel', 'unknown-channel'
    )
  ),
  -- As the button named it: there may never have been such an alert.
  alert_id uuid
);
comment on table lead_bot.access_refusals is
  'Append-only for a year: whom the bot let see or do nothing, and why. Slack ids only, no name, no e-mail address.';
create index access_refusals_by_actor on lead_bot.access_refusals (actor, at desc);
create index access_refusals_by_time on lead_bot.access_refusals (at);

create table lead_bot.seen_requests (
  fingerprint text primary key check (fingerprint ~ '^[0-9a-f]{64}$'),
  seen_at timestamptz not null default now()
);
comment on table lead_bot.seen_requests is
  'HTTP mode: requests of Slack that one of the bots has taken, by a hash of their signature, so that none is taken twice. Kept longer than a signature is valid.';
create index seen_requests_by_time on lead_bot.seen_requests (seen_at);

alter table lead_bot.access_refusals enable row level security;
alter table lead_bot.seen_requests enable row level security;
revoke all on lead_bot.access_refusals, lead_bot.seen_requests from public;
$sql$;
  insert into lead_bot.migrations (name, checksum) values ('0004-access.sql', 'f42922555a5e39c9dc8e0bd2521b1f3d4a6fe9b1e56c19954364cb9c99ba872c');
end
$guard$;

do $do$ begin raise info 'lead-alerts: lead-bot/migrations/0005-erasure.sql'; end $do$;

do $guard$
declare
  v_checksum text := (select checksum from lead_bot.migrations where name = '0005-erasure.sql');
begin
  if v_checksum = 'ad9f91fa3870fccbe35e58eb870f80fe75cb1bf84606d8b77366908abf04d16d' then
    return;
  end if;
  if v_checksum is not null then
    raise exception 'migration 0005-erasure.sql was changed after it had been applied'
      using errcode = 'LA003', hint = 'Put the file back as it was, and make the change in a new migration.';
  end if;
  execute $sql$
-- Personal data leaves again: after a time, or when somebody asks for it.
alter table lead_bot.alerts add column scrubbed_at timestamptz;
comment on column lead_bot.alerts.scrubbed_at is
  'When the personal data of a closed alert was removed because its time was over; null before.';
create index alerts_to_scrub on lead_bot.alerts (closed_at) where closed_at is not null and scrubbed_at is null;

alter table lead_bot.messages
  add column removal text check (removal in ('erased', 'expired')),
  add column redaction text check (redaction in ('erased', 'expired'));
comment on column lead_bot.messages.removal is
  'Why it is not to be in Slack any more; null while it may be. A message that is not there any more is gone.';
comment on column lead_bot.messages.redaction is
  'Why what Slack shows of it must not stay: should Slack never let it be updated, it is removed instead. Null when nothing of the kind is shown.';
create index messages_to_remove on lead_bot.messages (next_try_at)
  where state = 'posted' and removal is not null;

-- The history outlives its alerts, and names nobody: who a developer was is looked up while that is known.
alter table lead_bot.alert_events
  drop constraint alert_events_alert_id_fkey,
  drop constraint alert_events_kind_check,
  add constraint alert_events_kind_check check (
    kind in ('opened', 'joined', 'left', 'returned', 'claimed', 'released', 'contacted', 'cooled', 'erased')
  ),
  add column developer_id uuid;
comment on column lead_bot.alert_events.developer_id is 'Whom it is about: opened, joined, left, returned.';
comment on column lead_bot.alert_events.detail is 'One word of the bot, such as the method of a contact; never a text from outside.';

alter table lead_bot.alert_events disable trigger user;
update lead_bot.alert_events e
   set detail = null,
       developer_id = (
         select case when count(*) = 1 then min(m.developer_id::text)::uuid end
           from lead_bot.alert_leads m
           join public.developer_signups d on d.id = m.developer_id
          where m.alert_id = e.alert_id and coalesce(d.full_name, d.email) = e.detail
       )
 where e.kind in ('opened', 'joined', 'left', 'returned');
alter table lead_bot.alert_events enable trigger user;
alter table lead_bot.alert_events
  add constraint detail_is_a_word check (detail ~ '^[a-z][a-z_-]{0,40}$');

drop function if exists public.lead_bot_tidy();
$sql$;
  insert into lead_bot.migrations (name, checksum) values ('0005-erasure.sql', 'ad9f91fa3870fccbe35e58eb870f80fe75cb1bf84606d8b77366908abf04d16d');
end
$guard$;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/account_json.sql'; end $do$;

-- PL/pgSQL and not SQL, here and in what calls it: a SQL function is planned anew in each call, which
-- takes five times as long as this query runs.
create or replace function lead_bot.account_json(p_account_key text, p_alert_id uuid, p_brief boolean)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_lead_id uuid := case
    when p_account_key ~ '^lead:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substring(p_account_key from 6)::uuid
  end;
begin
  return (
    with ids as (
      select d.id from public.developer_signups d where lower(d.company_domain) = p_account_key
      union
      select v_lead_id
      union
      select m.developer_id from lead_bot.alert_leads m where m.alert_id = p_alert_id
    ),
    leads as (
      select l.*, m.entered_at, m.left_at
        from ids
        join lead_bot.leads l on l.developer_id = ids.id
        left join lead_bot.alert_leads m on m.alert_id = p_alert_id and m.developer_id = l.developer_id
       order by (m.developer_id is not null and m.left_at is null) desc,
                l.total_score desc nulls last, l.developer_id
       limit case when p_brief then 1 else 25 end
    ),
    domains as (
      select distinct l.company_domain from leads l where l.company_domain is not null
    )
    select jsonb_build_object(
      'key', p_account_key,
      'domain', case when p_account_key not like 'lead:%' then p_account_key end,
      'name', coalesce(
        (select l.company_name from leads l where l.company_name is not null limit 1),
        case when p_account_key not like 'lead:%' then p_account_key end,
        (select l.email from leads l limit 1),
        p_account_key
      ),
      'leads', coalesce((
        select jsonb_agg(
          to_jsonb(l) || jsonb_build_object('before', (
            select to_jsonb(s) - 'id' - 'txid' - 'developer_id'
              from lead_bot.lead_snapshots s
             where s.developer_id = l.developer_id
               and s.tier is distinct from 'hot'
               and s.taken_at <= coalesce(l.entered_at, now())
             order by s.id desc
             limit 1
          ))
          order by (l.entered_at is not null and l.left_at is null) desc,
                   l.total_score desc nulls last, l.developer_id
        ) from leads l
      ), '[]'),
      'signals', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(e)) from (
          select s.signal_type, s.signal_title, s.signal_detail, s.signal_date, s.signal_strength
            from public.expansion_signals s
            join domains on domains.company_domain = s.company_domain
           order by array_position(array['high', 'medium', 'low'], s.signal_strength) nulls last,
                    s.signal_date desc nulls last, s.captured_at desc, s.signal_title, s.id
           limit 50
        ) e
      ), '[]') end,
      'stakeholders', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(t)) from (
          select s.full_name, s.title, s.is_decision_maker, s.is_technical, s.is_budget_holder
            from public.stakeholders s
            join domains on domains.company_domain = s.company_domain
           order by s.is_decision_maker desc nulls last, s.is_budget_holder desc nulls last, s.full_name, s.id
           limit 50
        ) t
      ), '[]') end
    )
  );
end;
$$;
comment on function lead_bot.account_json is
  'A company with its leads (best 25), signals and stakeholders (50 each), seen from one alert. Brief: the best lead only.';
revoke all on function lead_bot.account_json from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/account_picture.sql'; end $do$;

create or replace function lead_bot.account_picture(p_account_key text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_alert_id uuid;
begin
  select a.id into v_alert_id
    from lead_bot.alerts a
   where a.account_key = p_account_key
   order by a.closed_at is null desc, a.opened_at desc
   limit 1;
  return jsonb_build_object(
    'account', lead_bot.account_json(p_account_key, v_alert_id, false),
    'current', lead_bot.alert_json(v_alert_id, false)
  );
end;
$$;
comment on function lead_bot.account_picture is 'A company with its open alert, or else its newest one.';
revoke all on function lead_bot.account_picture from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/alert_json.sql'; end $do$;

create or replace function lead_bot.alert_json(p_alert_id uuid, p_brief boolean)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'alert', to_jsonb(a) || jsonb_build_object(
        'hot_at_first_poll', not exists (select from lead_bot.poll_state s where s.first_poll_at < a.opened_at)
      ),
      'account', case when a.scrubbed_at is null
                      then lead_bot.account_json(a.account_key, a.id, p_brief)
                      else lead_bot.scrubbed_account_json(a.account_key) end,
      'events', case when p_brief then '[]' else coalesce((
        select jsonb_agg(to_jsonb(e) order by e.id) from (
          select v.id, v.at, v.kind, v.actor,
                 coalesce(v.detail, case when a.scrubbed_at is null then (
                   select coalesce(d.full_name, d.email) from public.developer_signups d where d.id = v.developer_id
                 ) end) as detail
            from lead_bot.alert_events v
           where v.alert_id = a.id and v.kind <> 'erased'
           order by v.id desc
           limit 50
        ) e
      ), '[]') end,
      'past', case when not p_brief then (
        select jsonb_build_object(
          'opened_at', p.opened_at, 'closed_at', p.closed_at, 'status', p.status,
          'owner', p.owner, 'contacted_at', p.contacted_at
        )
          from lead_bot.alerts p
         where p.account_key = a.account_key and p.closed_at <= a.opened_at
         order by p.opened_at desc
         limit 1
      ) end
    )
    from lead_bot.alerts a
    where a.id = p_alert_id
  );
end;
$$;
comment on function lead_bot.alert_json is
  'An alert with all that its card, modal or digest line shows; null when there is no such alert.';
revoke all on function lead_bot.alert_json from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/close_cooled.sql'; end $do$;

create or replace function lead_bot.close_cooled(p_rearm_seconds int, p_entering uuid[])
returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_status text;
  v_count int := 0;
begin
  for v_alert in
    select * from lead_bot.alerts a
     where a.closed_at is null
       and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
       -- A lead that came back in time while nobody polled, or a colleague who turned hot and enters with
       -- this poll: snapshots know, the alert goes on.
       and not exists (
         select from (
           select m.developer_id from lead_bot.alert_leads m where m.alert_id = a.id
           union
           select d.id from public.developer_signups d
            where d.id = any (p_entering) and lower(d.company_domain) = a.account_key
         ) l
           join lead_bot.lead_snapshots s on s.developer_id = l.developer_id
          where s.tier = 'hot'
            and s.taken_at > a.cooling_since
            and s.taken_at < a.cooling_since + make_interval(secs => p_rearm_seconds)
            and lead_bot.is_hot(l.developer_id)
       )
     order by a.id
       for no key update
  loop
    v_status := case when v_alert.status = 'contacted' then 'contacted' else 'cooled' end;
    -- The clock and not now(): a digest may be made while this transaction waits, and counts from its moment.
    update lead_bot.alerts a set closed_at = clock_timestamp(), status = v_status where a.id = v_alert.id;
    -- A card that could not be posted while the lead was hot is no news any more, nor are its replies.
    with card as (
      update lead_bot.messages m
         set state = 'gone', last_error = 'cooled before it could be posted'
       where m.kind = 'card' and m.alert_id = v_alert.id and m.state = 'pending' and m.attempted_at is null
      returning m.id
    )
    update lead_bot.messages m
       set state = 'gone', last_error = 'cooled before it could be posted'
      from card
     where m.parent_id = card.id and m.state = 'pending';
    perform lead_bot.log_event(v_alert.id, 'cooled', null, null, v_alert.status, v_status);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function lead_bot.close_cooled is
  'Closes the alerts whose account has been out of hot for the re-arm time, unless one of p_entering turned hot in time; returns how many.';
revoke all on function lead_bot.close_cooled from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/digest_json.sql'; end $do$;

create or replace function lead_bot.digest_json(p_since timestamptz)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'made_at', clock_timestamp(),
    'since', p_since,
    'counts', jsonb_build_object(
      'unclaimed', count(*) filter (where r.section = 'unclaimed'),
      'claimed', count(*) filter (where r.section = 'claimed'),
      'contacted', count(*) filter (where r.section = 'contacted'),
      'cooled', count(*) filter (where r.section = 'cooled'),
      'opened', (select count(*) from lead_bot.alerts a where a.opened_at > p_since)
    )
  )
  from lead_bot.digest_rows(p_since) r;
$$;
comment on function lead_bot.digest_json is 'The frame of a digest: when it was made, since when it counts, and its counts.';
revoke all on function lead_bot.digest_json from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/digest_rows.sql'; end $do$;

create or replace function lead_bot.digest_rows(p_since timestamptz)
returns table (alert_id uuid, section text, place bigint)
language sql stable security definer set search_path = ''
as $$
  with chosen as (
    select a.id, a.opened_at, a.contacted_at, a.closed_at,
           case
             when a.closed_at is null and a.status = 'open' then 'unclaimed'
             when a.closed_at is null and a.status = 'claimed' then 'claimed'
             when a.status = 'contacted' and a.contacted_at > p_since then 'contacted'
             when a.status = 'cooled' and a.closed_at > p_since then 'cooled'
           end as section,
           -- Each lead is looked up by itself: a join is read as a whole, once for every alert, as long as
           -- nobody has counted the rows that a storm has just written.
           (select max((select l.total_score from lead_bot.leads l where l.developer_id = m.developer_id))
              from lead_bot.alert_leads m
             where m.alert_id = a.id) as score
      from lead_bot.alerts a
     where (a.closed_at is null and a.status in ('open', 'claimed'))
        or a.contacted_at > p_since
        or a.closed_at > p_since
  )
  select c.id, c.section,
         row_number() over (
           partition by c.section order by c.score desc nulls last, c.opened_at, c.id
         )
    from chosen c
   where c.section is not null;
$$;
comment on function lead_bot.digest_rows is
  'What a digest made now would list: unclaimed and claimed alerts, and those contacted or cooled since p_since.';
revoke all on function lead_bot.digest_rows from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/enter_lead.sql'; end $do$;

create or replace function lead_bot.enter_lead(p_developer_id uuid)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_lead record;
  v_alert_id uuid;
  v_status text;
  v_opened boolean;
  v_joined boolean;
begin
  select l.account_key, l.total_score, l.tier, coalesce(l.champion_name, l.email) as who
    into v_lead
    from lead_bot.leads l
   where l.developer_id = p_developer_id;
  if not found or v_lead.tier is distinct from 'hot' then
    return null;
  end if;

  -- The clock and not now(): a digest may be made while this transaction waits, and counts from its moment.
  insert into lead_bot.alerts (account_key, opened_at) values (v_lead.account_key, clock_timestamp())
  on conflict (account_key) where closed_at is null do nothing
  returning id into v_alert_id;
  v_opened := found;
  if not v_opened then
    select a.id, a.status into v_alert_id, v_status
      from lead_bot.alerts a
     where a.account_key = v_lead.account_key and a.closed_at is null
       for no key update;
  end if;

  insert into lead_bot.alert_leads (alert_id, developer_id, score_at_entry)
  values (v_alert_id, p_developer_id, v_lead.total_score)
  on conflict do nothing;
  v_joined := found;

  if v_opened then
    perform lead_bot.log_lead_event(v_alert_id, 'opened', p_developer_id, null, 'open');
  elsif v_joined then
    update lead_bot.alerts a set cooling_since = null where a.id = v_alert_id;
    perform lead_bot.log_lead_event(v_alert_id, 'joined', p_developer_id, v_status, v_status);
  end if;
  return jsonb_build_object(
    'alert_id', v_alert_id, 'opened', v_opened, 'joined', not v_opened and v_joined,
    'who', v_lead.who, 'score', v_lead.total_score
  );
end;
$$;
comment on function lead_bot.enter_lead is
  'Puts a hot lead into the open alert of its account, opening one if there is none; null when the lead is not hot any more.';
revoke all on function lead_bot.enter_lead from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/erase_company.sql'; end $do$;

create or replace function lead_bot.erase_company(p_domain text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_domain text := lower(p_domain);
  v_ids uuid[];
  v_personal boolean;
  v_companies bigint;
begin
  select array_agg(d.id), bool_or(not d.is_company_email and lower(split_part(d.email, '@', 2)) = v_domain)
    into v_ids, v_personal
    from public.developer_signups d
   where lower(d.company_domain) = v_domain or lower(split_part(d.email, '@', 2)) = v_domain;
  if v_personal then
    return jsonb_build_object('refused', 'personal');
  end if;
  delete from public.company_enrichment c where lower(c.domain) = v_domain;
  get diagnostics v_companies = row_count;
  return lead_bot.erase_leads(coalesce(v_ids, '{}'), v_domain, 'company')
    || jsonb_build_object('companies', v_companies);
end;
$$;
comment on function lead_bot.erase_company is
  'Removes a company with all its people everywhere; for the operator, the bot has no right to call it. Returns counts, all of them 0 when nobody has the domain, or refused: personal for the domain of a provider of personal addresses.';
revoke all on function lead_bot.erase_company from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/erase_leads.sql'; end $do$;

create or replace function lead_bot.erase_leads(p_developer_ids uuid[], p_account_key text, p_what text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_keys text[];
  v_mentions text[];
  v_over uuid[];
  v_kept uuid[];
  v_near uuid[];
  v_lists uuid[];
  v_gone uuid[];
  v_removed bigint;
  v_redrawn bigint;
  v_people bigint;
  v_snapshots bigint;
begin
  -- Whatever is recorded after this reads the lead tables as they are then.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0));

  select array_agg(distinct k.account_key),
         array_agg(distinct lower(k.word)) filter (where k.word <> '')
    into v_keys, v_mentions
    from (
      select coalesce(nullif(lower(d.company_domain), ''), 'lead:' || d.id) as account_key, w.word
        from public.developer_signups d
       cross join unnest(array[d.email, d.full_name]) w (word)
       where d.id = any (p_developer_ids)
      union
      select p_account_key, null where p_account_key is not null
    ) k;
  perform from lead_bot.alerts a
    where a.account_key = any (v_keys)
       or exists (select from lead_bot.alert_leads m
                   where m.alert_id = a.id and m.developer_id = any (p_developer_ids))
    order by a.id
      for update;

  -- An alert is over when nobody is left in it.
  select coalesce(array_agg(a.id) filter (where a.over), '{}'),
         coalesce(array_agg(a.id) filter (where a.has_one and not a.over), '{}'),
         coalesce(array_agg(a.id) filter (where not a.over), '{}')
    into v_over, v_kept, v_near
    from (
      select o.id, m.has_one, coalesce(o.account_key = p_account_key, false) or m.has_one and m.only_these as over
        from lead_bot.alerts o
       cross join lateral (
         select coalesce(bool_or(l.developer_id = any (p_developer_ids)), false) as has_one,
                coalesce(bool_and(l.developer_id = any (p_developer_ids)), false) as only_these
           from lead_bot.alert_leads l
          where l.alert_id = o.id
       ) m
       where o.account_key = any (v_keys) or m.has_one
    ) a;

  perform lead_bot.log_event(a.id, 'erased', null, p_what, a.status,
                             case when a.id = any (v_over) then 'erased' else a.status end)
     from lead_bot.alerts a
    where a.id = any (v_over || v_kept)
    order by a.id;

  delete from lead_bot.alert_leads m
   where m.alert_id = any (v_kept) and m.developer_id = any (p_developer_ids);
  update lead_bot.alerts a
     set cooling_since = (
           select case when bool_and(m.left_at is not null) then max(m.left_at) end
             from lead_bot.alert_leads m where m.alert_id = a.id
         )
   where a.id = any (v_kept) and a.closed_at is null;
  update lead_bot.alerts a
     set contact_note = null
   where a.contact_note is not null
     and (a.id = any (v_kept) or a.id = any (v_near) and exists (
       select from unnest(v_mentions) w (word) where strpos(lower(a.contact_note), w.word) > 0
     ));

  select coalesce(array_agg(distinct s.message_id), '{}') into v_lists
    from lead_bot.message_alerts s
   where s.alert_id = any (v_over || v_near);
  select coalesce(array_agg(m.id), '{}') into v_gone
    from lead_bot.messages m
   where m.kind in ('card', 'notice')
     and (m.alert_id = any (v_over)
          or m.kind = 'notice' and m.dedupe_key like 'joined:%'
             and split_part(m.dedupe_key, ':', 3) = any (p_developer_ids::text[]));
  -- All of them at once, in the order in which everybody locks messages.
  perform from lead_bot.messages m where m.id = any (v_lists || v_gone) order by m.id for no key update;

  -- A list counts what it shows; one that is empty then goes.
  update lead_bot.messages m
     set payload = coalesce(case m.kind
           when 'rollup' then
             jsonb_set(m.payload, '{total}', to_jsonb(greatest(0, (m.payload ->> 'total')::int - n.rows)))
           else jsonb_set(m.payload, '{counts}', (m.payload -> 'counts') || n.counts)
         end, m.payload)
    from (
      select g.message_id, sum(g.rows)::int as rows,
             jsonb_object_agg(
               g.section, greatest(0, (c.payload #>> array['counts', g.section])::int - g.rows)
             ) as counts
        from (
          select s.message_id, s.section, count(*)::int as rows
            from lead_bot.message_alerts s
           where s.alert_id = any (v_over)
           group by 1, 2
        ) g
        join lead_bot.messages c on c.id = g.message_id and c.kind in ('rollup', 'digest')
       group by 1
    ) n
   where m.id = n.message_id and m.removal is null;
  delete from lead_bot.message_alerts s where s.alert_id = any (v_over);
  select v_gone || coalesce(array_agg(m.id), '{}') into v_gone
    from lead_bot.messages m
   where m.id = any (v_lists) and m.kind = 'rollup'
     and not exists (select from lead_bot.message_alerts s where s.message_id = m.id);
  v_removed := lead_bot.unwant_messages(v_gone, 'erased');
  v_redrawn := lead_bot.redact_messages(v_lists, 'erased');
  update lead_bot.messages m set alert_id = null where m.alert_id = any (v_over);
  delete from lead_bot.alerts a where a.id = any (v_over);

  delete from public.developer_signups d where d.id = any (p_developer_ids);
  get diagnostics v_people = row_count;
  -- After the scores: one that was just being written has left its snapshot by now.
  delete from lead_bot.lead_snapshots s where s.developer_id = any (p_developer_ids);
  get diagnostics v_snapshots = row_count;

  return jsonb_build_object(
    'people', v_people, 'alerts', cardinality(v_over), 'messages_removed', v_removed,
    'messages_redrawn', v_redrawn, 'snapshots', v_snapshots, 'account_keys', coalesce(to_jsonb(v_keys), '[]')
  );
end;
$$;
comment on function lead_bot.erase_leads is
  'Removes developers, and an account if one is named, from the lead tables and everything of the bot, and wants their messages removed or drawn again without them. p_what goes into the history: person or company. Returns counts, and the accounts concerned.';
revoke all on function lead_bot.erase_leads from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/erase_person.sql'; end $do$;

create or replace function lead_bot.erase_person(p_email text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_ids uuid[] := array(select d.id from public.developer_signups d where lower(d.email) = lower(p_email));
begin
  -- Enrichment knows people by name only: the one of the same company with the same name is the same one.
  delete from public.stakeholders s
   using public.developer_signups d
   where d.id = any (v_ids)
     and lower(s.company_domain) = lower(d.company_domain) and lower(s.full_name) = lower(d.full_name);
  return lead_bot.erase_leads(v_ids, null, 'person');
end;
$$;
comment on function lead_bot.erase_person is
  'Removes the developer with this e-mail address everywhere; for the operator, the bot has no right to call it. Returns counts, all of them 0 when nobody has it.';
revoke all on function lead_bot.erase_person from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/erasures_left.sql'; end $do$;

create or replace function lead_bot.erasures_left()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(l) order by l.channel, l.kind), '[]')
    from (
      select coalesce(m.slack_channel, m.channel) as channel, m.kind, m.state = 'dead' as refused,
             p.reason is not null as paused, coalesce(p.reason, m.last_error) as reason, count(*) as count
        from lead_bot.messages m
        left join lateral (
          select c.pause_reason as reason
            from lead_bot.channels c
           where c.channel in ('*', m.channel) and c.pauses > 0
           order by c.channel
           limit 1
        ) p on true
       where m.removal = 'erased' and m.state <> 'gone'
          or m.redaction = 'erased' and m.state in ('pending', 'unclear', 'posted')
       group by 1, 2, 3, 4, 5
    ) l;
$$;
comment on function lead_bot.erasures_left is
  'Which messages in Slack are still to be removed, or to be drawn again without what was erased, and what is in the way.';
revoke all on function lead_bot.erasures_left from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/follow_leads.sql'; end $do$;

create or replace function lead_bot.follow_leads()
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_moved record;
  v_left int := 0;
  v_returned int := 0;
begin
  -- No score at all is a pipeline that is loading, or broken: not everyone has left at once.
  if not exists (select from public.lead_scores) then
    return jsonb_build_object('left', 0, 'returned', 0);
  end if;

  for v_moved in
    -- Each member is asked for once, in whatever order the tables are joined: the plan of this query is
    -- kept, and may be from a time when they were small.
    with members as materialized (
      select m.alert_id, m.developer_id, m.left_at is null as was_hot
        from lead_bot.alerts a
        join lead_bot.alert_leads m on m.alert_id = a.id
       where a.closed_at is null
    ),
    moved as materialized (
      select * from members e where e.was_hot <> lead_bot.is_hot(e.developer_id)
    )
    select m.alert_id, m.developer_id, v.was_hot as leaves, a.status
      from moved v
      join lead_bot.alerts a on a.id = v.alert_id
      join lead_bot.alert_leads m on m.alert_id = v.alert_id and m.developer_id = v.developer_id
     where a.closed_at is null and (m.left_at is null) = v.was_hot
     order by m.alert_id, m.developer_id
       for no key update of a, m
  loop
    update lead_bot.alert_leads m
       set left_at = case when v_moved.leaves then now() end
     where m.alert_id = v_moved.alert_id and m.developer_id = v_moved.developer_id;
    perform lead_bot.log_lead_event(
      v_moved.alert_id, case when v_moved.leaves then 'left' else 'returned' end,
      v_moved.developer_id, v_moved.status, v_moved.status
    );
    -- The alert cools from when its last lead left, and not at all while one is hot.
    update lead_bot.alerts a
       set cooling_since = (
         select case when bool_and(m.left_at is not null) then max(m.left_at) end
           from lead_bot.alert_leads m where m.alert_id = a.id
       )
     where a.id = v_moved.alert_id;
    if v_moved.leaves then v_left := v_left + 1; else v_returned := v_returned + 1; end if;
  end loop;
  return jsonb_build_object('left', v_left, 'returned', v_returned);
end;
$$;
comment on function lead_bot.follow_leads is
  'Notes which leads of open alerts have left hot or come back.';
revoke all on function lead_bot.follow_leads from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/gesture_json.sql'; end $do$;

create or replace function lead_bot.gesture_json(p_alert_id uuid, p_why text)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'ok', p_why is null,
    'why', p_why,
    'picture', lead_bot.alert_json(p_alert_id, false)
  );
$$;
comment on function lead_bot.gesture_json is 'The answer to a gesture: the alert as it is now and, when refused, why.';
revoke all on function lead_bot.gesture_json from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/is_hot.sql'; end $do$;

create or replace function lead_bot.is_hot(p_developer_id uuid)
returns boolean
language sql stable security definer set search_path = ''
as $$
  select coalesce((
    select s.tier = 'hot'
      from public.lead_scores s
     where s.developer_id = p_developer_id
     order by s.scored_at desc nulls last, s.id desc
     limit 1
  ), false) and exists (
    select from public.developer_signups d where d.id = p_developer_id and d.is_company_email
  );
$$;
comment on function lead_bot.is_hot is
  'Whether lead_bot.leads has this developer as hot now, without the cost of the rest of the row.';
revoke all on function lead_bot.is_hot from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/last_digest_at.sql'; end $do$;

create or replace function lead_bot.last_digest_at(p_channel text)
returns timestamptz
language sql stable security definer set search_path = ''
as $$
  select max((m.payload ->> 'made_at')::timestamptz)
    from lead_bot.messages m
   where m.kind = 'digest' and m.channel = p_channel and (m.state not in ('gone', 'dead') or m.posted_at is not null);
$$;
comment on function lead_bot.last_digest_at is 'When the newest digest of a channel was made; null before the first.';
revoke all on function lead_bot.last_digest_at from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_alert.sql'; end $do$;

create or replace function public.lead_bot_alert(p_alert_id uuid)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select lead_bot.alert_json(p_alert_id, false);
$$;
comment on function public.lead_bot_alert is 'One alert with all that is known of it; null when there is none.';
revoke all on function public.lead_bot_alert from public, anon, authenticated;
grant execute on function public.lead_bot_alert to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_changes.sql'; end $do$;

create or replace function public.lead_bot_changes(p_rearm_seconds int, p_limit int)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_seen_before xid8;
  v_refreshed_at timestamptz;
  v_first_run boolean;
  v_entered jsonb;
  v_moved boolean;
begin
  select p.seen_before, p.refreshed_at into v_seen_before, v_refreshed_at from lead_bot.poll_state p;
  v_first_run := not found;

  -- The ids of all hot score rows come from a partial index and are compared with the open alerts
  -- before the view is read, so a poll costs what has changed and not how many leads there are.
  with fresh as materialized (
    select distinct s.developer_id
      from public.lead_scores s
     where s.tier = 'hot'
       and not exists (
         select from lead_bot.alert_leads m
           join lead_bot.alerts a on a.id = m.alert_id
          where a.closed_at is null and m.developer_id = s.developer_id
       )
  ),
  -- Old score rows and personal addresses go before the view is read, too: they are there at each poll.
  hot as materialized (
    select f.developer_id
      from fresh f
     where coalesce((
         select false from public.developer_signups d
          where d.id = f.developer_id and not d.is_company_email
       ), true)
       and coalesce((
         select s.tier = 'hot'
           from public.lead_scores s
          where s.developer_id = f.developer_id
          order by s.scored_at desc nulls last, s.id desc
          limit 1
       ), false)
  ),
  entered as (
    select l.*,
           case when a.id is null then 'none'
                when exists (select from lead_bot.messages c where c.dedupe_key = 'card:' || a.id) then 'with-card'
                else 'without-card' end as open_alert
      from hot h
     -- The offset keeps Postgres from reading all leads at once to join a few.
     cross join lateral (
       select * from lead_bot.leads v where v.developer_id = h.developer_id offset 0
     ) l
      left join lead_bot.alerts a on a.account_key = l.account_key and a.closed_at is null
     -- What is set aside because of its score comes last, and takes no other's place.
     order by l.total_score between 0 and 100 desc nulls last, l.total_score desc, l.developer_id
     limit p_limit
  )
  select coalesce(jsonb_agg(
           to_jsonb(e)
           order by e.total_score between 0 and 100 desc nulls last, e.total_score desc, e.developer_id
         ), '[]')
    into v_entered
    from entered e;

  -- lead_bot.is_hot written out: a call for each tracked lead costs five times as much. The address is
  -- a scalar query, which Postgres looks up one by one; it would hash an exists over all developers.
  select exists (
    select from lead_bot.alerts a
      join lead_bot.alert_leads m on m.alert_id = a.id
      left join lateral (
        select s.tier = 'hot' as is_hot
          from public.lead_scores s
         where s.developer_id = m.developer_id
         order by s.scored_at desc nulls last, s.id desc
         limit 1
      ) newest on true
     where a.closed_at is null
       and (m.left_at is null) <> (
         coalesce(newest.is_hot, false)
         and coalesce((
           select false from public.developer_signups d
            where d.id = m.developer_id and not d.is_company_email
         ), true)
       )
  ) or exists (
    select from lead_bot.alerts a
     where a.closed_at is null and a.cooling_since <= now() - make_interval(secs => p_rearm_seconds)
  ) or exists (
    select from lead_bot.lead_snapshots s
      join lead_bot.alert_leads m on m.developer_id = s.developer_id
      join lead_bot.alerts a on a.id = m.alert_id
     where s.txid >= v_seen_before
       and s.txid < pg_snapshot_xmin(pg_current_snapshot())
       and a.closed_at is null
  ) or exists (
    -- Colleagues of theirs, whom a card shows, too.
    select from lead_bot.lead_snapshots s
     cross join lateral (
       select from public.developer_signups d
         join lead_bot.alerts a on a.account_key = lower(d.company_domain) and a.closed_at is null
        where d.id = s.developer_id
       offset 0
     ) a
     where s.txid >= v_seen_before
       and s.txid < pg_snapshot_xmin(pg_current_snapshot())
  ) or (
    -- Recording moves the mark: without it every poll would read all that was ever re-scored since.
    select count(*) > 500 from (
      select from lead_bot.lead_snapshots s
       where s.txid >= v_seen_before and s.txid < pg_snapshot_xmin(pg_current_snapshot())
       limit 501
    ) unseen
  ) or coalesce(v_refreshed_at < now() - interval '1 hour', false) into v_moved;

  return jsonb_build_object(
    'first_run', v_first_run, 'entered', v_entered, 'moved', v_moved,
    'more', jsonb_array_length(v_entered) >= p_limit
  );
end;
$$;
comment on function public.lead_bot_changes is
  'Reads what a poll has to decide on: hot leads that belong to no open alert (best first, p_limit of them, and whether there may be more), and whether a lead of an open alert has left, come back or changed, or a colleague has changed.';
revoke all on function public.lead_bot_changes from public, anon, authenticated;
grant execute on function public.lead_bot_changes to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_claim.sql'; end $do$;

create or replace function public.lead_bot_claim(p_alert_id uuid, p_user text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_why text;
begin
  update lead_bot.alerts a
     set status = 'claimed', owner = p_user, claimed_at = now()
   where a.id = p_alert_id and a.status = 'open' and a.closed_at is null;
  if found then
    perform lead_bot.log_event(p_alert_id, 'claimed', p_user, null, 'open', 'claimed');
  else
    select * into v_alert from lead_bot.alerts a where a.id = p_alert_id;
    v_why := case
      when v_alert.id is null then 'not-found'
      when v_alert.closed_at is not null then 'over'
      when v_alert.status = 'contacted' then 'already-contacted'
      when v_alert.owner = p_user then 'already-yours'
      else 'claimed-by-other'
    end;
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_claim is
  'Gives an open alert to an AE. Of any number at once, one wins; the others are told who did.';
revoke all on function public.lead_bot_claim from public, anon, authenticated;
grant execute on function public.lead_bot_claim to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_confirm.sql'; end $do$;

create or replace function public.lead_bot_confirm(p_id uuid, p_token uuid, p_outcome jsonb)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_outcome text := p_outcome ->> 'outcome';
  v_reason text := left(p_outcome ->> 'reason', 500);
  v_wait interval := make_interval(secs => coalesce((p_outcome ->> 'after_seconds')::double precision, 0));
  v_message lead_bot.messages;
  v_scope text;
  v_redraw_at timestamptz;
begin
  select * into v_message
    from lead_bot.messages m
   where m.id = p_id and m.lease_token = p_token
     for update;
  if not found then
    -- What was sent under a lease that has passed on may be a second copy, or an old drawing over a newer
    -- one. When the lease of whoever has it now is over, both are looked after.
    update lead_bot.messages m
       set redraw_at = now() + interval '1 minute', recheck_at = now() + interval '1 minute',
           shown_hash = null
     where m.id = p_id and m.state = 'posted'
       and (v_outcome = 'unclear'
            -- The same report once more is no news.
            or v_outcome = 'shown'
               and (m.slack_ts <> p_outcome ->> 'ts' or m.shown_version > (p_outcome ->> 'version')::int
                    -- Data that has changed without a new version gives the same version two drawings.
                    or m.shown_hash is distinct from p_outcome ->> 'hash'));
    -- What counted as removed stands in Slack after all.
    update lead_bot.messages m
       set state = 'posted', slack_channel = p_outcome ->> 'channel', slack_ts = p_outcome ->> 'ts',
           next_try_at = now()
     where m.id = p_id and v_outcome = 'shown' and m.state = 'gone' and m.removal is not null;
    return false;
  end if;

  update lead_bot.messages m set lease_token = null, lease_until = null, last_error = v_reason where m.id = p_id;

  case v_outcome
  when 'shown' then
    v_redraw_at := case
      when v_message.state = 'posted' and v_message.attempts > 1 then now() + interval '1 minute'
      when v_message.redraw_at > now() then v_message.redraw_at
    end;
    update lead_bot.messages m
       set state = 'posted',
           slack_channel = coalesce(p_outcome ->> 'channel', m.slack_channel),
           slack_ts = coalesce(p_outcome ->> 'ts', m.slack_ts),
           posted_at = coalesce(m.posted_at, now()),
           shown_version = greatest(m.shown_version, (p_outcome ->> 'version')::int),
           redraw_at = v_redraw_at,
           -- Counted from when Slack had the post, which may be most of a lease after the take.
           recheck_at = case when v_message.state <> 'posted' and m.recheck_at is not null
                             then now() + interval '1 minute' else m.recheck_at end,
           shown_hash = case when v_redraw_at is null then p_outcome ->> 'hash' end,
           urgent = m.urgent and (m.wanted_version > (p_outcome ->> 'version')::int or m.removal is not null),
           redaction = case
             when m.wanted_version > (p_outcome ->> 'version')::int or v_redraw_at is not null then m.redaction
           end,
           attempted_at = null, attempts = 0, refusals = 0, looks = 0, next_try_at = now()
     where m.id = p_id;
    -- What Slack shows already is not sent, and says nothing about the channel.
    if coalesce((p_outcome ->> 'sent')::boolean, true) then
      update lead_bot.channels c
         set paused_until = null, pauses = 0, pause_reason = null
       where c.channel in ('*', v_message.channel) and c.pauses > 0;
    else
      update lead_bot.channels c
         set paused_until = now()
       where c.channel in ('*', v_message.channel) and c.pauses > 0;
    end if;
  when 'found' then
    -- A post of unclear outcome stands in Slack, showing what was wanted when it was made. After a second
    -- post nobody knows which of the two it is.
    update lead_bot.messages m
       set state = 'posted', slack_channel = p_outcome ->> 'channel', slack_ts = p_outcome ->> 'ts',
           posted_at = coalesce(m.posted_at, now()),
           shown_version = case when m.recheck_at is null then coalesce(m.attempted_version, 0) else 0 end,
           shown_hash = null,
           recheck_at = case when m.recheck_at is not null then now() + interval '1 minute' end,
           attempted_at = null, attempts = 0, refusals = 0, looks = 0, next_try_at = now()
     where m.id = p_id;
  when 'rechecked' then
    update lead_bot.messages m
       -- A time to come was set while this search was under way, by a report of something later.
       set recheck_at = case when m.recheck_at > now() then m.recheck_at end, attempts = 0, refusals = 0,
           slack_ts = coalesce(p_outcome ->> 'ts', m.slack_ts),
           shown_hash = case when p_outcome ->> 'ts' is not distinct from m.slack_ts then m.shown_hash end,
           -- The copy that stays may be the older one, which shows an older version.
           wanted_version = m.wanted_version + case when p_outcome ->> 'ts' <> m.slack_ts then 1 else 0 end
     where m.id = p_id;
  when 'missing' then
    update lead_bot.messages m
       set looks = m.looks + 1,
           next_try_at = now() + case when m.looks = 0 then v_wait
                                      when m.removal is not null then interval '1 minute' else '0' end,
           -- Before a message is posted again two looks are enough, because a recheck follows. What is to
           -- be removed is posted no more, and the third look is its recheck.
           state = case when m.removal is not null and m.looks >= 2 then 'gone' else m.state end
     where m.id = p_id;
  when 'unclear' then
    update lead_bot.messages m
       -- A reply is given up together with its message, also while it is under way.
       set state = case when m.state = 'posted' or m.state = 'gone' and m.removal is null then m.state
                        else 'unclear' end,
           next_try_at = now() + v_wait
     where m.id = p_id;
  when 'later' then
    -- Definitely not taken by Slack: a post is as good as never tried, and not counted against it.
    update lead_bot.messages m
       set next_try_at = now() + v_wait,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end,
           attempts = m.attempts - 1,
           refusals = m.refusals + (p_outcome ->> 'counts')::boolean::int
     where m.id = p_id;
    -- A second copy that can't be searched for is not worth more than a few tries.
    update lead_bot.messages m
       set recheck_at = null, attempts = 0, refusals = 0
     where m.id = p_id and m.state = 'posted' and m.removal is null and m.recheck_at <= now() and m.refusals >= 5;
    -- Slack limits new messages by channel, updates for the whole workspace, and one without the other.
    if (p_outcome ->> 'whole_channel')::boolean and v_message.state = 'posted' then
      insert into lead_bot.channels as c (channel, next_update_at) values ('*', now() + v_wait)
      on conflict (channel) do update set next_update_at = greatest(c.next_update_at, excluded.next_update_at);
    elsif (p_outcome ->> 'whole_channel')::boolean then
      insert into lead_bot.channels as c (channel, next_post_at) values (v_message.channel, now() + v_wait)
      on conflict (channel) do update set next_post_at = greatest(c.next_post_at, excluded.next_post_at);
    end if;
  when 'pause' then
    v_scope := case when (p_outcome ->> 'everything')::boolean then '*' else v_message.channel end;
    insert into lead_bot.channels as c (channel, paused_until, pauses, pause_reason)
    values (v_scope, now() + interval '15 seconds', 1, v_reason)
    on conflict (channel) do update
      set pauses = least(c.pauses + 1, 20),
          pause_reason = excluded.pause_reason,
          -- 15 s, then doubling up to 5 min: an invitation is noticed soon, a dead channel costs little.
          paused_until = now() + least(interval '5 minutes', interval '15 seconds' * (2 ^ least(c.pauses, 10)));
    update lead_bot.messages m
       set attempts = m.attempts - 1,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end
     where m.id = p_id;
  when 'plain' then
    update lead_bot.messages m
       set plain = true, next_try_at = now(), attempts = m.attempts - 1,
           redraw_at = case when not m.plain then m.redraw_at end,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end,
           state = case when m.plain and m.slack_ts is null then 'dead' else m.state end,
           shown_version = case when m.plain and m.slack_ts is not null then m.wanted_version else m.shown_version end
     where m.id = p_id;
  when 'removed' then
    -- A second copy may still surface: the look that was planned for it is made.
    update lead_bot.messages m
       set state = case when m.recheck_at is null then 'gone' else 'unclear' end,
           next_try_at = coalesce(m.recheck_at, now()), looks = 2, recheck_at = null, redraw_at = null
     where m.id = p_id;
    -- It says nothing about what else may be done in a channel that is paused: the next one tries at once.
    update lead_bot.channels c
       set paused_until = now()
     where c.channel in ('*', v_message.channel) and c.pauses > 0;
  when 'gone' then
    if v_message.state = 'posted' and v_message.removal is null and v_message.recheck_at is not null
      and v_reason not like 'search: %' then
      -- A search for a second copy is not over. What is not there may be the one that it has deleted, before
      -- it could say so: it goes first now, and says where the other one stands.
      update lead_bot.messages m
         set shown_version = m.wanted_version, shown_hash = null, redraw_at = null,
             recheck_at = now(), next_try_at = now(), attempts = 0, refusals = 0
       where m.id = p_id;
    else
      update lead_bot.messages m set state = 'gone', recheck_at = null, redraw_at = null where m.id = p_id;
    end if;
  when 'dead' then
    -- What stands in Slack is given up only until its next change.
    update lead_bot.messages m
       set state = case when m.slack_ts is null or m.removal is not null then 'dead' else m.state end,
           shown_version = case when m.slack_ts is null then m.shown_version else m.wanted_version end,
           attempted_at = case when m.state = 'pending' then null else m.attempted_at end,
           attempts = 0, refusals = 0, recheck_at = null, redraw_at = null
     where m.id = p_id;
  else
    raise exception 'unknown outcome %', v_outcome using errcode = 'invalid_parameter_value';
  end case;

  -- It was being sent when it was erased, and Slack has certainly not taken it.
  update lead_bot.messages m
     set state = 'gone'
   where m.id = p_id and m.removal is not null and m.slack_ts is null
     and (m.state = 'dead' or m.state = 'pending' and m.attempted_at is null);

  -- What must not stay and can never be updated is removed instead.
  if v_message.redaction is not null and v_message.slack_ts is not null and v_message.removal is null
    and (v_outcome = 'dead' or v_outcome = 'gone' and v_reason <> 'message_not_found'
         or v_outcome = 'plain' and v_message.plain)
  then
    perform lead_bot.unwant_messages(array[p_id], v_message.redaction);
  end if;

  -- What was to stand in the thread of a message that will not be there has no place any more.
  update lead_bot.messages m
     set state = 'gone'
    from lead_bot.messages p
   where p.id = p_id and p.state in ('gone', 'dead')
     and m.parent_id = p.id and m.state in ('pending', 'unclear') and m.removal is null;
  return true;
end;
$$;
comment on function public.lead_bot_confirm is
  'Records what became of a leased message; false when the lease has passed to someone else: then nothing is changed, but what was shown is looked after later.';
revoke all on function public.lead_bot_confirm from public, anon, authenticated;
grant execute on function public.lead_bot_confirm to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_contact.sql'; end $do$;

create or replace function public.lead_bot_contact(p_alert_id uuid, p_user text, p_method text, p_note text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_from text;
  v_why text;
begin
  -- An AE who had claimed it may have reached out before it cooled, and say so only after.
  select a.status into v_from from lead_bot.alerts a where a.id = p_alert_id for no key update;
  update lead_bot.alerts a
     set status = 'contacted', contacted_at = now(), contact_method = p_method,
         contact_note = case when a.scrubbed_at is null then nullif(p_note, '') end
   where a.id = p_alert_id and a.status in ('claimed', 'cooled') and a.owner = p_user;
  if found then
    perform lead_bot.log_event(p_alert_id, 'contacted', p_user, p_method, v_from, 'contacted');
  else
    select * into v_alert from lead_bot.alerts a where a.id = p_alert_id;
    v_why := case
      when v_alert.id is null then 'not-found'
      when v_alert.status = 'contacted' then 'already-contacted'
      when v_alert.closed_at is not null then 'over'
      else 'not-yours'
    end;
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_contact is
  'Records that the owner of an alert has reached out, how, and an optional note.';
revoke all on function public.lead_bot_contact from public, anon, authenticated;
grant execute on function public.lead_bot_contact to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_exposed.sql'; end $do$;

-- Supabase's own linter does not help here: it accepts `using (true)` for reading.
create or replace function public.lead_bot_exposed()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  -- The lead tables, and every view that shows something of them.
  with recursive lead_relations (id) as (
    select c.oid
      from pg_catalog.pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and c.relname in ('developer_signups', 'internal_signals', 'company_enrichment', 'stakeholders',
                         'expansion_signals', 'lead_scores')
    union
    select r.ev_class
      from lead_relations l
      join pg_catalog.pg_depend d
        on d.refobjid = l.id and d.refclassid = 'pg_class'::regclass and d.classid = 'pg_rewrite'::regclass
      join pg_catalog.pg_rewrite r on r.oid = d.objid
  ),
  askers as (
    select r.oid as id, r.rolname::text as role, r.rolbypassrls as above_policies
      from pg_catalog.pg_roles r
     where r.rolname in ('anon', 'authenticated')
  ),
  granted as (
    select k.*, c.oid as relation, c.relkind, c.reloptions, c.relrowsecurity
      from askers k
      cross join lead_relations l
      join pg_catalog.pg_class c on c.oid = l.id
     where has_schema_privilege(k.id, c.relnamespace, 'usage')
       and has_any_column_privilege(k.id, c.oid, 'select')
  ),
  policies as (
    select g.role, g.relation, p.polpermissive as permits,
           lead_bot.lets_everyone_in(pg_get_expr(p.polqual, p.polrelid), g.role) as everyone
      from granted g
      join pg_catalog.pg_policy p on p.polrelid = g.relation and p.polcmd in ('r', '*')
     where exists (
       select from unnest(p.polroles) o (id) where case when o.id = 0 then true else pg_has_role(g.id, o.id, 'usage') end
     )
  ),
  open_relations as (
    select g.role, g.relation::regclass::text as name
      from granted g
     where case
       -- A view with security_invoker shows what its tables show, and they are looked at themselves.
       when g.relkind in ('v', 'm') then not exists (
         select from pg_catalog.pg_options_to_table(g.reloptions) o
          where o.option_name = 'security_invoker' and o.option_value::boolean
       )
       when g.above_policies or not g.relrowsecurity then true
       else coalesce((
         select bool_or(p.everyone) filter (where p.permits)
            and bool_and(p.everyone or p.permits)
           from policies p
          where p.role = g.role and p.relation = g.relation
       ), false)
     end
  ),
  open_functions as (
    select k.role, f.oid::regproc::text as name
      from askers k
      cross join pg_catalog.pg_proc f
     where f.pronamespace = 'public'::regnamespace and f.proname like 'lead\_bot\_%'
       and has_function_privilege(k.id, f.oid, 'execute')
  )
  select jsonb_build_object(
    'relations', coalesce((select jsonb_agg(r order by r.role, r.name) from open_relations r), '[]'),
    'functions', coalesce((select jsonb_agg(f order by f.role, f.name) from open_functions f), '[]')
  );
$$;
comment on function public.lead_bot_exposed is
  'Which relations that show leads, and which functions of the bot, are open to anon, or to authenticated whoever that is. Names only. A view that reads with its owner''s rights is open where it is granted; a table, where it is granted and no policy looks at who asks.';
revoke all on function public.lead_bot_exposed from public, anon, authenticated;
grant execute on function public.lead_bot_exposed to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_first_seen.sql'; end $do$;

create or replace function public.lead_bot_first_seen(p_fingerprint text)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into lead_bot.seen_requests (fingerprint) values (p_fingerprint)
  on conflict (fingerprint) do nothing;
  return found;
end;
$$;
comment on function public.lead_bot_first_seen is
  'True for the one bot that asks first about a signed HTTP request, false for a replay of it. Only requests whose signature is right may get here.';
revoke all on function public.lead_bot_first_seen from public, anon, authenticated;
grant execute on function public.lead_bot_first_seen to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_health.sql'; end $do$;

create or replace function public.lead_bot_health()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'open_alerts', (select count(*) from lead_bot.alerts a where a.closed_at is null),
    'waiting', count(*) filter (where 
      m.state = 'pending' or (m.state = 'posted' and (m.wanted_version > m.shown_version or m.removal is not null))
    ),
    'unclear', count(*) filter (where m.state = 'unclear'),
    'dead', count(*) filter (where m.state = 'dead'),
    'oldest_waiting_seconds', coalesce(ceil(extract(epoch from now() - min(m.created_at) filter (
      where m.state in ('pending', 'unclear')
    ))), 0),
    'dead_reasons', coalesce((
      select jsonb_agg(d) from (
        select x.kind, x.channel, x.last_error as reason, count(*) as count
          from lead_bot.messages x
         where x.state = 'dead'
         group by 1, 2, 3
         order by 4 desc
         limit 10
      ) d
    ), '[]'),
    'paused', coalesce((
      select jsonb_agg(jsonb_build_object(
        'channel', c.channel, 'reason', c.pause_reason, 'until', c.paused_until
      ) order by c.channel)
        from lead_bot.channels c
       where c.pauses > 0
    ), '[]')
  )
  from lead_bot.messages m;
$$;
comment on function public.lead_bot_health is 'What waits, what is unclear, what was refused for good, and which channels are paused.';
revoke all on function public.lead_bot_health from public, anon, authenticated;
grant execute on function public.lead_bot_health to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_list.sql'; end $do$;

create or replace function public.lead_bot_list(p_owner text, p_limit int)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  with chosen as (
    select a.id, a.status, a.opened_at,
           -- Each lead is looked up by itself: a join is read as a whole, once for every alert, as long as
           -- nobody has counted the rows that a storm has just written.
           (select max((select l.total_score from lead_bot.leads l where l.developer_id = m.developer_id))
              from lead_bot.alert_leads m
             where m.alert_id = a.id and m.left_at is null) as score
      from lead_bot.alerts a
     where a.closed_at is null
       and case when p_owner is null then a.cooling_since is null else a.owner = p_owner end
  ),
  page as (
    select * from chosen c
     order by array_position(
                case when p_owner is null then array['open', 'claimed', 'contacted']
                     else array['claimed', 'contacted'] end, c.status),
              c.score desc nulls last, c.opened_at
     limit p_limit
  )
  select jsonb_build_object(
    'total', (select count(*) from chosen),
    'alerts', coalesce((
      select jsonb_agg(
        lead_bot.alert_json(p.id, true)
        order by array_position(
                   case when p_owner is null then array['open', 'claimed', 'contacted']
                        else array['claimed', 'contacted'] end, p.status),
                 p.score desc nulls last, p.opened_at
      ) from page p
    ), '[]')
  );
$$;
comment on function public.lead_bot_list is
  'Alerts that are hot now, unclaimed first (p_owner null), or those that one AE has, not contacted first.';
revoke all on function public.lead_bot_list from public, anon, authenticated;
grant execute on function public.lead_bot_list to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_lookup.sql'; end $do$;

create or replace function public.lead_bot_lookup(p_keys text[], p_email text, p_name text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_key text;
  v_keys text[];
  v_near jsonb;
  v_fitting int;
begin
  -- The developer whose address it is, then the domains in the order given (a.b.example, b.example).
  select l.account_key into v_key
    from public.developer_signups d
    join lead_bot.leads l on l.developer_id = d.id
   where lower(d.email) = p_email
   limit 1;
  if v_key is null then
    select k.account_key into v_key
      from unnest(p_keys) with ordinality k (account_key, place)
     where exists (
       select from public.developer_signups d
        where d.is_company_email and lower(d.company_domain) = k.account_key
     ) or exists (
       select from public.developer_signups d
        where d.is_company_email and coalesce(d.company_domain, '') = ''
          and d.id = case when k.account_key ~ '^lead:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                          then substring(k.account_key from 6)::uuid end
     )
     order by k.place
     limit 1;
  end if;
  -- A domain that nobody has is not answered with another company that happens to share the name.
  if v_key is null and p_name <> '' and cardinality(p_keys) = 0 then
    select array_agg(distinct lower(c.domain)) into v_keys
      from public.company_enrichment c
     where lower(c.company_name) = p_name
       and exists (
         select from public.developer_signups d
          where d.company_domain = c.domain and d.is_company_email
       );
    if cardinality(v_keys) = 1 then
      v_key := v_keys[1];
    end if;
  end if;
  if v_key is not null then
    return jsonb_build_object('kind', 'found', 'picture', lead_bot.account_picture(v_key));
  end if;

  with companies as (
    select lower(d.company_domain) as domain, max(c.company_name) as name
      from public.developer_signups d
      left join public.company_enrichment c on c.domain = d.company_domain
     where d.is_company_email and d.company_domain <> ''
     group by 1
  ),
  likeness as (
    select c.domain, c.name,
           strpos(lower(coalesce(c.name, '')), p_name) > 0
             -- "io" is no part of a name that ends in .io.
             or strpos(regexp_replace(c.domain, '\.[^.]*$', ''), p_name) > 0 as contains,
           greatest(
             lead_bot.similarity(lower(coalesce(c.name, '')), p_name),
             lead_bot.similarity(split_part(c.domain, '.', 1), p_name),
             lead_bot.similarity(c.domain, p_name)
           ) as alike
      from companies c
     where p_name <> ''
  ),
  candidates as (
    select k.*,
           case when v_keys is not null then k.domain = any (v_keys)
                else k.contains and cardinality(p_keys) = 0 end as fits
      from likeness k
     where k.domain = any (v_keys) or (v_keys is null and (k.contains or k.alike >= 0.3))
  ),
  near as (
    select k.*
      from (
        select c.*, count(*) filter (where c.fits) over () as fitting,
               row_number() over (order by c.fits desc, c.contains desc, c.alike desc, c.domain) as place
          from candidates c
      ) k
     where case when k.fits then k.place <= 10 else k.fitting = 0 and k.place <= 5 end
  )
  select max(n.fitting),
         min(n.domain) filter (where n.fits and n.fitting = 1),
         jsonb_agg(
           jsonb_build_object(
             'account_key', n.domain, 'name', coalesce(n.name, n.domain), 'domain', n.domain,
             'total_score', best.total_score, 'tier', best.tier
           )
           -- Of companies that fit the hottest is what an AE is after, of others the one most alike.
           order by case when n.fits then best.total_score end desc nulls last,
                    n.contains desc, n.alike desc, n.domain
         )
    into v_fitting, v_key, v_near
    from near n
    left join lateral (
      select l.total_score, l.tier
        from lead_bot.leads l
       where lower(l.company_domain) = n.domain
       order by l.total_score desc nulls last
       limit 1
    ) best on true;

  if v_key is not null then
    return jsonb_build_object('kind', 'found', 'picture', lead_bot.account_picture(v_key));
  end if;
  if v_near is null then
    return jsonb_build_object('kind', 'none');
  end if;
  return jsonb_build_object('kind', 'near', 'matches', v_near, 'fitting', v_fitting);
end;
$$;
comment on function public.lead_bot_lookup is
  'Finds a company by account keys (tried in order), a developer''s e-mail address, or a company name or a part of it that only one has, all lower-cased; else up to ten of those that fit (fitting says how many do) or, when none does, five that come near.';
revoke all on function public.lead_bot_lookup from public, anon, authenticated;
grant execute on function public.lead_bot_lookup to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_preview_digest.sql'; end $do$;

create or replace function public.lead_bot_preview_digest(p_channel text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_since timestamptz := lead_bot.last_digest_at(p_channel);
begin
  return lead_bot.digest_json(coalesce(v_since, now() - interval '1 day'))
    || jsonb_build_object(
      'since', v_since,
      'alerts', coalesce((
        select jsonb_agg(
          jsonb_build_object('section', r.section, 'picture', lead_bot.alert_json(r.alert_id, true))
          order by r.place
        )
          from lead_bot.digest_rows(coalesce(v_since, now() - interval '1 day')) r
         where r.place <= 25
      ), '[]')
    );
end;
$$;
comment on function public.lead_bot_preview_digest is 'The digest that would be made now; writes nothing.';
revoke all on function public.lead_bot_preview_digest from public, anon, authenticated;
grant execute on function public.lead_bot_preview_digest to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_record_poll.sql'; end $do$;

create or replace function public.lead_bot_record_poll(p_plan jsonb)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_channel text := p_plan ->> 'channel';
  v_entry record;
  v_result jsonb;
  v_alert_id uuid;
  v_message_id uuid;
  v_card lead_bot.messages;
  v_last_event bigint;
  v_opened uuid[] := '{}';
  v_rolled uuid[] := '{}';
  v_joined int := 0;
  v_cooled int;
  v_followed jsonb;
begin
  -- One poll is recorded at a time: the second of two replicas sees what the first one wrote.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0));

  select coalesce(max(e.id), 0) into v_last_event from lead_bot.alert_events e;
  v_cooled := lead_bot.close_cooled(
    (p_plan ->> 'rearm_seconds')::int,
    array(select (e ->> 'developer_id')::uuid from jsonb_array_elements(p_plan -> 'entries') e)
  );
  v_followed := lead_bot.follow_leads();

  for v_entry in
    select (e.value ->> 'developer_id')::uuid as developer_id, e.value ->> 'show' as show
      from jsonb_array_elements(p_plan -> 'entries') with ordinality e
     order by e.ordinality
  loop
    v_result := lead_bot.enter_lead(v_entry.developer_id);
    continue when v_result is null;
    v_alert_id := (v_result ->> 'alert_id')::uuid;

    if (v_result ->> 'opened')::boolean then
      v_opened := v_opened || v_alert_id;
      if v_entry.show = 'card' then
        perform lead_bot.want_card(v_alert_id, v_channel);
      elsif v_entry.show = 'rollup' then
        v_rolled := v_rolled || v_alert_id;
      end if;
    elsif (v_result ->> 'joined')::boolean then
      v_joined := v_joined + 1;
      -- A colleague who enters together with the one who opened the alert is on the first card already.
      if v_alert_id <> all (v_opened) then
        select * into v_card from lead_bot.messages m where m.dedupe_key = 'card:' || v_alert_id;
        if not found then
          -- So far the alert was a row of a roll-up, or silent: now there is news of it.
          if v_entry.show = 'card' then
            perform lead_bot.want_card(v_alert_id, v_channel);
          elsif v_entry.show = 'rollup' and v_alert_id <> all (v_rolled) and not exists (
            select from lead_bot.message_alerts r
              join lead_bot.messages u on u.id = r.message_id
             where r.alert_id = v_alert_id and u.kind = 'rollup'
          ) then
            v_rolled := v_rolled || v_alert_id;
          end if;
        elsif v_card.state not in ('gone', 'dead') then
          insert into lead_bot.messages (kind, alert_id, parent_id, channel, dedupe_key, payload)
          values (
            'notice', v_alert_id, v_card.id, coalesce(v_card.slack_channel, v_card.channel),
            'joined:' || v_alert_id || ':' || v_entry.developer_id,
            jsonb_build_object('kind', 'joined', 'who', v_result ->> 'who', 'score', v_result -> 'score')
          )
          on conflict (dedupe_key) do nothing;
        end if;
      end if;
    end if;
  end loop;

  if cardinality(v_rolled) > 0 then
    insert into lead_bot.messages (kind, channel, dedupe_key, payload)
    values (
      'rollup', v_channel, 'rollup:' || v_rolled[1],
      jsonb_build_object(
        'reason', p_plan ->> 'rollup_reason', 'made_at', now(), 'total', cardinality(v_rolled)
      )
    )
    returning id into v_message_id;
    insert into lead_bot.message_alerts (message_id, alert_id, position)
    select v_message_id, r.alert_id, r.ordinality
      from unnest(v_rolled) with ordinality r (alert_id, ordinality);
  end if;

  -- The first poll is not over before all that was hot at it is in.
  if not coalesce((p_plan ->> 'unfinished')::boolean, false) then
    perform lead_bot.refresh_changed(v_last_event);
  end if;

  return v_followed || jsonb_build_object(
    'opened', cardinality(v_opened), 'joined', v_joined, 'cooled', v_cooled
  );
end;
$$;
comment on function public.lead_bot_record_poll is
  'Makes a poll''s plan true in one transaction: closes cooled alerts, notes who left and came back, enters new leads with their card or in one roll-up. Checks each lead again; safe to repeat.';
revoke all on function public.lead_bot_record_poll from public, anon, authenticated;
grant execute on function public.lead_bot_record_poll to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_refuse.sql'; end $do$;

create or replace function public.lead_bot_refuse(
  p_user text, p_team text, p_channel text, p_action text, p_why text, p_alert_id uuid
)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_actor text := left(p_user, 40);
  v_action text := left(p_action, 100);
begin
  -- One at a time for each person, so that two bots do not both find nothing.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.refuse:' || v_actor, 0));
  if exists (
    select from lead_bot.access_refusals r
     where r.actor = v_actor and r.action = v_action and r.why = p_why
       and r.at > now() - interval '1 minute'
  ) then
    return;
  end if;
  insert into lead_bot.access_refusals (actor, team, channel, action, why, alert_id)
  values (v_actor, left(p_team, 40), left(p_channel, 40), v_action, p_why, p_alert_id);
end;
$$;
comment on function public.lead_bot_refuse is
  'Writes down that somebody was refused, at most once a minute for the same person, action and reason: a flood of clicks is no flood of rows.';
revoke all on function public.lead_bot_refuse from public, anon, authenticated;
grant execute on function public.lead_bot_refuse to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_release.sql'; end $do$;

create or replace function public.lead_bot_release(p_alert_id uuid, p_user text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_alert lead_bot.alerts;
  v_why text;
begin
  update lead_bot.alerts a
     set status = 'open', owner = null, claimed_at = null
   where a.id = p_alert_id and a.status = 'claimed' and a.owner = p_user and a.closed_at is null;
  if found then
    perform lead_bot.log_event(p_alert_id, 'released', p_user, null, 'claimed', 'open');
  else
    select * into v_alert from lead_bot.alerts a where a.id = p_alert_id;
    v_why := case
      when v_alert.id is null then 'not-found'
      when v_alert.closed_at is not null then 'over'
      when v_alert.status = 'contacted' then 'already-contacted'
      else 'not-yours'
    end;
  end if;
  perform lead_bot.touch_alerts(array[p_alert_id], true);
  return lead_bot.gesture_json(p_alert_id, v_why);
end;
$$;
comment on function public.lead_bot_release is 'Returns a claimed alert to everyone; only its owner can.';
revoke all on function public.lead_bot_release from public, anon, authenticated;
grant execute on function public.lead_bot_release to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_request_digest.sql'; end $do$;

create or replace function public.lead_bot_request_digest(
  p_channel text, p_local_date date, p_due_at timestamptz
)
returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_first_poll_at timestamptz := (select p.first_poll_at from lead_bot.poll_state p);
  v_key text := 'digest:' || p_channel || ':' || p_local_date;
  v_since timestamptz;
  v_message_id uuid;
begin
  -- A poll that is being recorded opens and closes alerts: they are in this digest or in the next one.
  perform pg_advisory_xact_lock(hashtextextended('lead_bot.record_poll', 0));
  if exists (select from lead_bot.messages m where m.dedupe_key = v_key) then
    return 'exists';
  end if;
  if v_first_poll_at is null then
    return 'too-early';
  end if;
  -- Nobody has missed a digest from before there was a bot: its first run has just said what is hot.
  if v_first_poll_at > p_due_at then
    return 'before-first-poll';
  end if;
  -- The next one counts from the last that was made, so what this one would have said is in it.
  if p_due_at < now() - interval '6 hours' then
    return 'too-late';
  end if;

  -- A digest that could not be posted so far is out of date, and this one takes its place.
  update lead_bot.messages m
     set state = 'gone', last_error = 'superseded by a newer digest'
   where m.kind = 'digest' and m.channel = p_channel and m.dedupe_key <> v_key
     and m.state = 'pending' and m.attempted_at is null;

  v_since := lead_bot.last_digest_at(p_channel);
  insert into lead_bot.messages (kind, channel, dedupe_key, payload)
  values (
    'digest', p_channel, v_key,
    lead_bot.digest_json(coalesce(v_since, now() - interval '1 day'))
      || jsonb_build_object('since', v_since, 'local_date', p_local_date)
  )
  on conflict (dedupe_key) do nothing
  returning id into v_message_id;
  if not found then
    return 'exists';
  end if;
  insert into lead_bot.message_alerts (message_id, alert_id, section, position)
  select v_message_id, r.alert_id, r.section,
         array_position(array['unclaimed', 'claimed', 'contacted', 'cooled'], r.section) * 100 + r.place
    from lead_bot.digest_rows(coalesce(v_since, now() - interval '1 day')) r
   where r.place <= 25;
  return 'made';
end;
$$;
comment on function public.lead_bot_request_digest is
  'Makes the digest of a channel and local date, once however often it is asked for. made: by this call; exists; before-first-poll: it was due before there was a bot; too-early: no poll is recorded yet, ask again; too-late: it was due more than six hours ago.';
revoke all on function public.lead_bot_request_digest from public, anon, authenticated;
grant execute on function public.lead_bot_request_digest to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_resume.sql'; end $do$;

create or replace function public.lead_bot_resume(p_alert_channel text, p_digest_channel text)
returns void
language sql volatile security definer set search_path = ''
as $$
  -- A bot that starts may be one that can draw what the last one could not. What is no news any more
  -- stays away: a card whose alert is over, a digest that was not the last, a reply without its thread.
  update lead_bot.messages m
     set state = 'pending', attempts = 0, refusals = 0, next_try_at = now()
   where m.state = 'dead' and m.attempted_at is null
     and m.last_error ~ '^(cannot be drawn|does not parse)'
     and m.created_at > now() - interval '7 days'
     and case m.kind
       when 'card' then exists (select from lead_bot.alerts a where a.id = m.alert_id and a.closed_at is null)
       when 'digest' then not exists (
         select from lead_bot.messages n
          where n.kind = 'digest' and n.channel = m.channel and n.created_at > m.created_at
       )
       when 'notice' then exists (select from lead_bot.messages p where p.id = m.parent_id and p.state = 'posted')
       else true
     end;

  -- What could not be posted follows a channel that was set anew, with the replies below it.
  with moving as (
    select m.id
      from lead_bot.messages m
     where m.kind in ('card', 'rollup', 'notice') and m.channel <> p_alert_channel
       and m.state = 'pending' and m.attempted_at is null
       and not exists (
         select from lead_bot.messages p
          where p.id = m.parent_id and (p.state <> 'pending' or p.attempted_at is not null)
       )
     order by m.id
       for no key update
  )
  update lead_bot.messages m
     set channel = p_alert_channel, next_try_at = now()
    from moving
   where m.id = moving.id;
  update lead_bot.messages m
     set state = 'gone', last_error = 'the digest goes to another channel now'
   where m.kind = 'digest' and m.channel <> p_digest_channel
     and m.state = 'pending' and m.attempted_at is null;

  update lead_bot.channels c
     set paused_until = null, pauses = 0, pause_reason = null
   where c.pauses > 0
     and (c.channel = '*' or c.channel not in (p_alert_channel, p_digest_channel) and not exists (
       select from lead_bot.messages m
        where m.channel = c.channel
          and (m.state in ('pending', 'unclear') or m.state = 'posted' and m.wanted_version > m.shown_version)
     ));
$$;
comment on function public.lead_bot_resume is
  'Ends the pause of everything, has what was never posted follow the channels that are set, and gives messages that the bot could not draw another chance where they still are news: called when a bot starts and Slack has just accepted its token.';
revoke all on function public.lead_bot_resume from public, anon, authenticated;
grant execute on function public.lead_bot_resume to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_take.sql'; end $do$;

create or replace function public.lead_bot_take(p_limit int, p_lease_seconds int)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_message record;
  v_action text;
  v_token uuid;
  v_work jsonb := '[]';
  v_next_due_at timestamptz;
begin
  for v_message in
    with due as (
      select m.id, m.urgent, m.next_try_at, m.created_at, m.state, m.shown_version, m.looks,
             m.removal is null and m.state in ('pending', 'unclear')
               and (m.attempted_at is null or m.looks >= 2) as is_post,
             row_number() over (
               partition by m.channel, m.removal is null and m.state in ('pending', 'unclear')
                 and (m.attempted_at is null or m.looks >= 2)
               order by m.urgent desc, m.kind = 'card' desc, m.next_try_at, m.created_at, m.id
             ) as place
        from lead_bot.messages m
        left join lead_bot.messages p on p.id = m.parent_id
       where (
               m.state in ('pending', 'unclear')
               or (m.state = 'posted' and m.wanted_version > m.shown_version)
               or (m.state = 'posted' and m.redraw_at <= now())
               or (m.state = 'posted' and m.recheck_at <= now())
               or (m.state = 'posted' and m.removal is not null)
             )
         and m.next_try_at <= now()
         and not (m.state = 'posted'
                  and (m.wanted_version > m.shown_version or m.redraw_at <= now() or m.removal is not null)
                  and exists (select from lead_bot.channels c
                               where c.channel = '*' and c.next_update_at > now()))
         and (m.lease_until is null or m.lease_until < now())
         -- A reply below a second copy would go with it, so it waits until it is certain which copy stays.
         and (m.parent_id is null or p.state = 'posted' and p.recheck_at is null or m.removal is not null)
         and not exists (
           select from lead_bot.channels c
            where (c.channel = '*' or c.channel = m.channel) and c.paused_until > now()
         )
    )
    select m.*, due.is_post
      from lead_bot.messages m
      join due on due.id = m.id
     where (m.lease_until is null or m.lease_until < now())
       -- Checked again when the row is locked: another may have shown it since this statement began.
       and (m.state, m.shown_version, m.looks, m.next_try_at)
         = (due.state, due.shown_version, due.looks, due.next_try_at)
       and (m.removal is null or not due.is_post)
       -- Slack takes about one new message a second in a channel; updates are not counted so.
       and (not due.is_post or (
         due.place = 1 and not exists (
           select from lead_bot.channels c where c.channel = m.channel and c.next_post_at > now()
         )
       ))
     -- What was erased goes also where nothing may be shown, so it must not wait behind what may not go. A
     -- post is one in its channel and goes before updates, of which there may be hundreds.
     order by due.urgent desc, coalesce(m.removal = 'erased', false) desc, due.is_post desc, m.kind = 'card' desc, due.place, due.next_try_at
     limit p_limit
       for no key update of m skip locked
  loop
    -- A channel that was paused is tried with one message at a time.
    update lead_bot.channels c
       set paused_until = now() + make_interval(secs => p_lease_seconds)
     where c.channel in ('*', v_message.channel) and c.pauses > 0 and c.paused_until <= now();
    if not found and exists (
      select from lead_bot.channels c
       where c.channel in ('*', v_message.channel) and c.paused_until > now()
    ) then
      continue;
    end if;

    if v_message.is_post then
      insert into lead_bot.channels as c (channel, next_post_at)
      values (v_message.channel, now() + interval '1 second')
      on conflict (channel) do update set next_post_at = excluded.next_post_at where c.next_post_at <= now();
      continue when not found;
      v_action := 'post';
    elsif v_message.state in ('pending', 'unclear') then
      v_action := 'look';
    elsif v_message.removal is not null then
      v_action := 'remove';
    elsif v_message.wanted_version > v_message.shown_version or v_message.redraw_at <= now() then
      v_action := 'update';
    else
      v_action := 'recheck';
    end if;

    v_token := gen_random_uuid();
    update lead_bot.messages m
       set lease_token = v_token,
           lease_until = now() + make_interval(secs => p_lease_seconds),
           attempts = m.attempts + 1,
           -- Written before anything is sent: whoever finds it knows that a post may have happened.
           attempted_at = case when v_action = 'post' then coalesce(m.attempted_at, now()) else m.attempted_at end,
           attempted_version = case when v_action = 'post' then m.wanted_version else m.attempted_version end,
           recheck_at = case when v_action = 'post' and m.attempted_at is not null
                             then now() + interval '1 minute' else m.recheck_at end,
           looks = case when v_action = 'post' then 0 else m.looks end,
           state = case when v_action = 'look' then 'unclear' else m.state end,
           -- Until the outcome is known nobody knows what Slack shows.
           shown_hash = case when v_action <> 'update' then m.shown_hash end
     where m.id = v_message.id;

    v_work := v_work || jsonb_build_array(
      lead_bot.message_json(v_message.id) || jsonb_build_object(
        'action', v_action, 'token', v_token, 'shown_hash', v_message.shown_hash
      )
    );
  end loop;

  select min(greatest(
           m.next_try_at,
           case when m.state = 'posted' and m.wanted_version = m.shown_version and m.removal is null
                then least(m.recheck_at, m.redraw_at) end,
           m.lease_until, c.paused_until, a.paused_until,
           case when m.state = 'posted'
                  and (m.wanted_version > m.shown_version or m.redraw_at <= now() or m.removal is not null)
                then a.next_update_at end,
           case when m.state <> 'posted' and m.removal is null and (m.attempted_at is null or m.looks >= 2)
                then c.next_post_at end
         ))
    into v_next_due_at
    from lead_bot.messages m
    left join lead_bot.messages p on p.id = m.parent_id
    left join lead_bot.channels c on c.channel = m.channel
    left join lead_bot.channels a on a.channel = '*'
   where (
           m.state in ('pending', 'unclear')
           or (m.state = 'posted' and m.wanted_version > m.shown_version)
           or (m.state = 'posted' and m.redraw_at is not null)
           or (m.state = 'posted' and m.recheck_at is not null)
           or (m.state = 'posted' and m.removal is not null)
         )
     and (m.parent_id is null or p.state = 'posted' and p.recheck_at is null or m.removal is not null);

  return jsonb_build_object(
    'work', v_work,
    'next_due_ms', case when v_next_due_at is not null
                        then greatest(0, ceil(extract(epoch from v_next_due_at - now()) * 1000)) end
  );
end;
$$;
comment on function public.lead_bot_take is
  'Leases up to p_limit due messages to one deliverer, updates that a person waits for first, at most one new post a second in a channel, and records each attempt before it is made. next_due_ms: when to come back, null when nothing is left.';
revoke all on function public.lead_bot_take from public, anon, authenticated;
grant execute on function public.lead_bot_take to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lead_bot_tidy.sql'; end $do$;

create or replace function public.lead_bot_tidy(p_retention_days int default null)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- One bot tidies at a time, and nobody waits for it.
  if not pg_try_advisory_xact_lock(hashtextextended('lead_bot.tidy', 0)) then
    return;
  end if;

  -- What is needed for ever is the newest snapshot of a lead and the newest in which it was not hot.
  delete from lead_bot.lead_snapshots s
   where s.id in (
     select o.id
       from lead_bot.lead_snapshots o
      where o.taken_at < now() - interval '7 days'
        and exists (
          select from lead_bot.lead_snapshots n
           where n.developer_id = o.developer_id and n.id > o.id
             and (o.tier = 'hot' or n.tier is distinct from 'hot')
        )
      limit 20000
   );

  -- Who is not in the lead tables any more. A week is for those who empty and load them again.
  delete from lead_bot.lead_snapshots s
   where s.id in (
     select o.id
       from lead_bot.lead_snapshots o
      where o.taken_at < now() - interval '7 days'
        and not exists (select from public.developer_signups d where d.id = o.developer_id)
      limit 20000
   );

  -- Twice as long as Slack's signature is valid.
  delete from lead_bot.seen_requests where seen_at < now() - interval '10 minutes';
  delete from lead_bot.access_refusals where at < now() - interval '365 days';

  -- A reply that was wanted in the moment in which its message was given up.
  update lead_bot.messages m
     set state = 'gone', last_error = 'its thread is not there'
    from lead_bot.messages p
   where p.id = m.parent_id and p.state in ('gone', 'dead') and m.state in ('pending', 'unclear')
     and m.removal is null;

  -- Null: called by a bot of before there was a retention time.
  if p_retention_days is not null then
    perform lead_bot.scrub_alerts(p_retention_days, 1000);
  end if;
end;
$$;
comment on function public.lead_bot_tidy is
  'Once an hour: deletes up to 20,000 snapshots that are older than seven days and superseded (the table stays near twice the number of leads plus a week of changes), and of leads that are gone, forgets requests that can not be replayed any more and refusals of a year ago, gives up replies without a thread, and scrubs up to 1,000 alerts that were closed more than p_retention_days ago.';
revoke all on function public.lead_bot_tidy from public, anon, authenticated;
grant execute on function public.lead_bot_tidy to service_role, lead_bot;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/leads.sql'; end $do$;

-- lead_dashboard joins internal_signals and lead_scores without saying "newest", so a second row of
-- either shows a lead twice. This view has the same columns with the newest row of each.
create or replace view lead_bot.leads as
select
  d.id as developer_id,
  d.email,
  d.full_name as champion_name,
  d.company_domain,
  c.company_name,
  c.industry,
  c.employee_count,
  c.employee_range,
  c.funding_stage,
  c.total_funding_usd,
  c.tech_stack,
  i.project_count,
  i.billing_tier,
  i.team_member_count,
  i.api_calls_30d,
  i.api_call_growth_pct,
  i.last_active_at,
  array_remove(array[
    case when i.uses_auth then 'Auth' end,
    case when i.uses_storage then 'Storage' end,
    case when i.uses_edge_functions then 'Edge Functions' end,
    case when i.uses_realtime then 'Realtime' end,
    case when i.uses_vector then 'Vector' end,
    case when i.uses_cron then 'Cron' end
  ], null) as features_used,
  s.total_score,
  s.tier,
  s.suggested_action,
  (select count(*) from public.stakeholders t where t.company_domain = d.company_domain) as stakeholder_count,
  (select count(*) from public.expansion_signals e where e.company_domain = d.company_domain) as signal_count,
  coalesce(nullif(lower(d.company_domain), ''), 'lead:' || d.id) as account_key,
  s.company_score,
  s.usage_score,
  s.expansion_score,
  s.champion_score,
  s.timing_score,
  s.scored_at
from public.developer_signups d
left join public.company_enrichment c on c.domain = d.company_domain
left join lateral (
  select * from public.internal_signals r
   where r.developer_id = d.id
   order by r.captured_at desc nulls last, r.id desc
   limit 1
) i on true
left join lateral (
  select * from public.lead_scores r
   where r.developer_id = d.id
   order by r.scored_at desc nulls last, r.id desc
   limit 1
) s on true
where d.is_company_email;
comment on view lead_bot.leads is
  'lead_dashboard with the newest usage and the newest score of each developer, plus account key and score components.';
revoke all on lead_bot.leads from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/lets_everyone_in.sql'; end $do$;

create or replace function lead_bot.lets_everyone_in(p_condition text, p_role text)
returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when p_condition is null then true
    when p_condition = 'false' then false
    -- For the role itself, asking for it asks for nothing.
    when p_condition ~ ('^\(*( SELECT )?auth\.role\(\)( AS role\))? = ''' || p_role || '''::text\)*$') then true
    when p_role = 'authenticated' and p_condition ~ '^\(*( SELECT )?auth\.uid\(\)( AS uid\))? IS NOT NULL\)*$' then true
    else p_condition !~* 'auth\.\w+\(|current_setting|current_user|session_user|current_role|pg_has_role'
  end;
$$;
comment on function lead_bot.lets_everyone_in is
  'Whether a policy with this condition (as pg_get_expr has it) lets the role through whoever asks. It reads the text: what mentions the asker (auth.uid(), a claim, current_user) counts as looking at who asks; true, or a condition on the row alone, does not.';
revoke all on function lead_bot.lets_everyone_in from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/log_event.sql'; end $do$;

create or replace function lead_bot.log_event(
  p_alert_id uuid, p_kind text, p_actor text, p_detail text, p_from text, p_to text
)
returns void
language sql volatile security definer set search_path = ''
as $$
  insert into lead_bot.alert_events (alert_id, kind, actor, detail, from_status, to_status)
  values (p_alert_id, p_kind, p_actor, p_detail, p_from, p_to);
$$;
comment on function lead_bot.log_event is 'Appends one line to the history of an alert.';
revoke all on function lead_bot.log_event from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/log_lead_event.sql'; end $do$;

create or replace function lead_bot.log_lead_event(
  p_alert_id uuid, p_kind text, p_developer_id uuid, p_from text, p_to text
)
returns void
language sql volatile security definer set search_path = ''
as $$
  insert into lead_bot.alert_events (alert_id, kind, developer_id, from_status, to_status)
  values (p_alert_id, p_kind, p_developer_id, p_from, p_to);
$$;
comment on function lead_bot.log_lead_event is
  'Appends what a developer did to an alert to its history: by id, since the history names nobody.';
revoke all on function lead_bot.log_lead_event from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/message_json.sql'; end $do$;

create or replace function lead_bot.message_json(p_message_id uuid)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'id', m.id,
      'kind', m.kind,
      'channel', m.channel,
      'slack_channel', m.slack_channel,
      'slack_ts', m.slack_ts,
      'thread_ts', p.slack_ts,
      'version', m.wanted_version,
      'plain', m.plain,
      'attempts', m.attempts,
      'refusals', m.refusals,
      'attempted_at', m.attempted_at,
      'created_at', m.created_at,
      'unwanted', m.removal is not null,
      'payload', m.payload,
      'alerts', case when m.kind = 'notice' or m.removal is not null then '[]' else coalesce((
        select jsonb_agg(
          jsonb_build_object('section', s.section, 'picture', lead_bot.alert_json(s.alert_id, m.kind <> 'card'))
          order by s.position
        )
        from (
          select * from lead_bot.message_alerts r
           where r.message_id = m.id
           order by r.position
           limit 100
        ) s
      ), '[]') end
    )
    from lead_bot.messages m
    left join lead_bot.messages p on p.id = m.parent_id
    where m.id = p_message_id
  );
end;
$$;
comment on function lead_bot.message_json is
  'A message with all the data that is needed to draw it; of a list, the first 100 alerts.';
revoke all on function lead_bot.message_json from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/redact_messages.sql'; end $do$;

create or replace function lead_bot.redact_messages(p_message_ids uuid[], p_why text)
returns bigint
language sql volatile security definer set search_path = ''
as $$
  with shown as (
    select m.id
      from lead_bot.messages m
     where m.id = any (p_message_ids) and m.state not in ('gone', 'dead') and m.removal is null
     order by m.id
       for no key update
  ),
  changed as (
    update lead_bot.messages m
       set wanted_version = m.wanted_version + 1,
           urgent = m.urgent or p_why = 'erased',
           redaction = case
             when m.slack_ts is null and m.attempted_at is null then m.redaction
             when m.redaction = 'erased' then 'erased'
             else p_why
           end
      from shown
     where m.id = shown.id
    returning m.id
  )
  select count(*) from changed;
$$;
comment on function lead_bot.redact_messages is
  'Has messages drawn again because what they show must not stay; what Slack will never let be updated is removed. Returns how many that concerns.';
revoke all on function lead_bot.redact_messages from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/refresh_changed.sql'; end $do$;

create or replace function lead_bot.refresh_changed(p_after_event bigint)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_seen_before xid8;
  v_hourly boolean;
  v_horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
  -- Null in the first poll, and then no snapshot compares as new.
  -- A mark beyond this cluster's transactions came with a dump from another one.
  select least(p.seen_before, v_horizon), p.refreshed_at < now() - interval '1 hour'
    into v_seen_before, v_hourly
    from lead_bot.poll_state p
     for update;

  perform lead_bot.touch_alerts(array(
    select a.id
      from lead_bot.alerts a
     -- What this poll has opened is drawn for the first time anyway.
     where a.opened_at < now()
       -- Signals, people and enrichment come without a new score. Once an hour every open alert is drawn;
       -- what has not changed is not sent.
       and (coalesce(v_hourly, false) and a.closed_at is null or a.id in (
         select e.alert_id from lead_bot.alert_events e where e.id > p_after_event
         union
         select m.alert_id
           from lead_bot.lead_snapshots s
           join lead_bot.alert_leads m on m.developer_id = s.developer_id
           join lead_bot.alerts o on o.id = m.alert_id
          where s.txid >= v_seen_before and s.txid < v_horizon and o.closed_at is null
         union
         -- A card shows colleagues who are not hot, too. Looked up one by one: there are few new snapshots.
         select o.id
           from lead_bot.lead_snapshots s
           cross join lateral (
             select o.id
               from public.developer_signups d
               join lead_bot.alerts o on o.account_key = lower(d.company_domain) and o.closed_at is null
              where d.id = s.developer_id
             offset 0
           ) o
          where s.txid >= v_seen_before and s.txid < v_horizon
       ))
  ), false);

  insert into lead_bot.poll_state as p (seen_before, first_poll_at) values (v_horizon, clock_timestamp())
  on conflict (only_row) do update
    set seen_before = excluded.seen_before,
        refreshed_at = case when v_hourly then now() else p.refreshed_at end;
end;
$$;
comment on function lead_bot.refresh_changed is
  'Has the messages drawn again whose alerts have a step after p_after_event in their history, or whose leads or their colleagues have new figures since the last poll, once an hour all open ones, and moves the mark.';
revoke all on function lead_bot.refresh_changed from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/refuse_change.sql'; end $do$;

create or replace function lead_bot.refuse_change()
returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  raise exception 'lead_bot.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end;
$$;
comment on function lead_bot.refuse_change is 'Trigger: keeps the history of alerts and of refusals append-only, for the owner of the tables too.';
revoke all on function lead_bot.refuse_change from public;

-- Not `create or replace`: that would lock the table against bots at work at each run. To change a trigger
-- that is there, drop it in a migration.
do $$
begin
  if not exists (
    select from pg_trigger where tgrelid = 'lead_bot.alert_events'::regclass and tgname = 'append_only'
  ) then
    create trigger append_only
      before update or delete or truncate on lead_bot.alert_events
      for each statement execute function lead_bot.refuse_change();
  end if;
  if not exists (
    select from pg_trigger where tgrelid = 'lead_bot.access_refusals'::regclass and tgname = 'append_only'
  ) then
    create trigger append_only
      before update or truncate on lead_bot.access_refusals
      for each statement execute function lead_bot.refuse_change();
    -- Ids of people are not kept for ever.
    create trigger kept_for_a_year
      before delete on lead_bot.access_refusals
      for each row when (old.at > now() - interval '365 days')
      execute function lead_bot.refuse_change();
  end if;
end;
$$;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/retry_erasures.sql'; end $do$;

create or replace function lead_bot.retry_erasures()
returns void
language sql volatile security definer set search_path = ''
as $$
  update lead_bot.messages m
     set state = 'posted', refusals = 0, next_try_at = now()
   where m.removal is not null and m.state = 'dead';
  update lead_bot.channels c set paused_until = now() where c.pauses > 0 and c.paused_until > now();
$$;
comment on function lead_bot.retry_erasures is
  'Has messages that Slack has refused to remove, and channels that are paused, tried again: whoever erases may have mended the cause.';
revoke all on function lead_bot.retry_erasures from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/scrub_alerts.sql'; end $do$;

create or replace function lead_bot.scrub_alerts(p_retention_days int, p_limit int)
returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_ids uuid[];
  v_notices uuid[];
  v_shown uuid[];
begin
  select array_agg(o.id) into v_ids
    from (
      select a.id from lead_bot.alerts a
       where a.closed_at < now() - make_interval(days => p_retention_days) and a.scrubbed_at is null
       order by a.closed_at
       limit p_limit
    ) o;
  if v_ids is null then
    return;
  end if;
  with due as (
    select a.id from lead_bot.alerts a where a.id = any (v_ids) order by a.id for no key update
  )
  update lead_bot.alerts a
     set scrubbed_at = now(), contact_note = null
    from due
   where a.id = due.id;
  delete from lead_bot.alert_leads m where m.alert_id = any (v_ids);
  v_notices := array(select m.id from lead_bot.messages m where m.kind = 'notice' and m.alert_id = any (v_ids));
  v_shown := array(select s.message_id from lead_bot.message_alerts s where s.alert_id = any (v_ids));
  -- All of them at once, in the order in which everybody locks messages.
  perform from lead_bot.messages m where m.id = any (v_notices || v_shown) order by m.id for no key update;
  perform lead_bot.unwant_messages(v_notices, 'expired');
  perform lead_bot.redact_messages(v_shown, 'expired');
end;
$$;
comment on function lead_bot.scrub_alerts is
  'Removes the personal data of up to p_limit alerts that were closed more than p_retention_days ago, longest ago first: notes, who belonged to them, and both in Slack. What stays: the company, the times, and the AE.';
revoke all on function lead_bot.scrub_alerts from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/scrubbed_account_json.sql'; end $do$;

create or replace function lead_bot.scrubbed_account_json(p_account_key text)
returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'key', p_account_key,
    'domain', d.domain,
    'name', coalesce(
      (select c.company_name from public.company_enrichment c where c.domain = d.domain),
      d.domain,
      -- Its only other name is an e-mail address.
      'A developer'
    ),
    'leads', '[]'::jsonb, 'signals', '[]'::jsonb, 'stakeholders', '[]'::jsonb
  )
  from (select case when p_account_key not like 'lead:%' then p_account_key end as domain) d;
$$;
comment on function lead_bot.scrubbed_account_json is
  'What is left to say of the account of a scrubbed alert: its company, and no person.';
revoke all on function lead_bot.scrubbed_account_json from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/snapshot_scores.sql'; end $do$;

-- Once per statement, not per row: a re-score of a million leads costs one insert … select. What goes
-- wrong here must never break the scoring pipeline's own transaction, hence the catch-all.
create or replace function lead_bot.snapshot_scores()
returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into lead_bot.lead_snapshots (
    developer_id, total_score, tier, company_score, usage_score, expansion_score, champion_score,
    timing_score, api_calls_30d, api_call_growth_pct, team_member_count, project_count, billing_tier,
    features_used, suggested_action
  )
  select
    l.developer_id, l.total_score, l.tier, l.company_score, l.usage_score, l.expansion_score,
    l.champion_score, l.timing_score, l.api_calls_30d, l.api_call_growth_pct, l.team_member_count,
    l.project_count, l.billing_tier, l.features_used, l.suggested_action
  from (select distinct developer_id from changed) c
  join lead_bot.leads l on l.developer_id = c.developer_id
  left join lateral (
    select * from lead_bot.lead_snapshots s
     where s.developer_id = l.developer_id
     order by s.id desc
     limit 1
  ) last on true
  where (
    l.total_score, l.tier, l.company_score, l.usage_score, l.expansion_score, l.champion_score,
    l.timing_score, l.api_calls_30d, l.api_call_growth_pct, l.team_member_count, l.project_count,
    l.billing_tier, l.features_used, l.suggested_action
  ) is distinct from (
    last.total_score, last.tier, last.company_score, last.usage_score, last.expansion_score,
    last.champion_score, last.timing_score, last.api_calls_30d, last.api_call_growth_pct,
    last.team_member_count, last.project_count, last.billing_tier, last.features_used, last.suggested_action
  );
  return null;
exception when others then
  raise warning 'lead_bot could not take snapshots: %', sqlerrm;
  return null;
end;
$$;
comment on function lead_bot.snapshot_scores is
  'Trigger: keeps what a lead looked like whenever its score was written and something about it changed.';
revoke all on function lead_bot.snapshot_scores from public;

-- Not `create or replace`: that would lock the table against the scoring pipeline at each run. To change
-- a trigger that is there, drop it in a migration.
do $$
begin
  if not exists (
    select from pg_trigger
     where tgrelid = 'public.lead_scores'::regclass and tgname = 'lead_bot_snapshot_insert'
  ) then
    create trigger lead_bot_snapshot_insert
      after insert on public.lead_scores
      referencing new table as changed
      for each statement execute function lead_bot.snapshot_scores();
  end if;
  if not exists (
    select from pg_trigger
     where tgrelid = 'public.lead_scores'::regclass and tgname = 'lead_bot_snapshot_update'
  ) then
    create trigger lead_bot_snapshot_update
      after update on public.lead_scores
      referencing new table as changed
      for each statement execute function lead_bot.snapshot_scores();
  end if;
end;
$$;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/touch_alerts.sql'; end $do$;

create or replace function lead_bot.touch_alerts(p_alert_ids uuid[], p_urgent boolean)
returns void
language sql volatile security definer set search_path = ''
as $$
  -- Locks are taken in one order everywhere, so that nothing can deadlock: first alerts, then, in one
  -- statement and in the order of ids, all messages that show them. A transaction calls this once, last.
  with shown as (
    select m.id
      from lead_bot.messages m
     where m.state not in ('gone', 'dead')
       -- Of the digests only the newest is kept true: there is one more of them every day.
       and (m.kind <> 'digest' or not exists (
         select from lead_bot.messages n
          where n.kind = 'digest' and n.channel = m.channel and n.created_at > m.created_at
       ))
       and m.id in (
         select s.message_id from lead_bot.message_alerts s where s.alert_id = any (p_alert_ids)
       )
     order by m.id
       for no key update
  )
  update lead_bot.messages m
     set wanted_version = m.wanted_version + 1,
         urgent = m.urgent or p_urgent,
         -- Somebody looks at it: send it even when it should be there already, and with blocks again.
         shown_hash = case when not p_urgent then m.shown_hash end,
         plain = m.plain and not p_urgent
    from shown
   where m.id = shown.id;
$$;
comment on function lead_bot.touch_alerts is
  'Has every message that shows one of these alerts drawn again; urgent when a person is waiting for it.';
revoke all on function lead_bot.touch_alerts from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/unwant_messages.sql'; end $do$;

create or replace function lead_bot.unwant_messages(p_message_ids uuid[], p_why text)
returns bigint
language sql volatile security definer set search_path = ''
as $$
  with unwanted as (
    select u.id from lead_bot.messages u
     where u.id = any (p_message_ids) and (u.removal is null or u.state <> 'gone')
     order by u.id
       for no key update
  ),
  changed as (
    update lead_bot.messages m
       set removal = p_why, redaction = null, payload = '{}', last_error = null, refusals = 0,
           urgent = p_why = 'erased',
           state = case
             -- Also what counts as gone: Slack says so of a message that may not be edited any more.
             when m.slack_ts is not null then 'posted'
             when m.state = 'unclear' or m.state = 'pending' and m.attempted_at is not null then m.state
             else 'gone'
           end,
           next_try_at = least(m.next_try_at, now())
      from unwanted
     where m.id = unwanted.id
    returning m.id
  )
  select count(*) from changed;
$$;
comment on function lead_bot.unwant_messages is
  'Has messages removed from Slack: what waits is cancelled, what may be on its way is removed once it is found. Returns how many that concerns.';
revoke all on function lead_bot.unwant_messages from public;

do $do$ begin raise info 'lead-alerts: lead-bot/functions/want_card.sql'; end $do$;

create or replace function lead_bot.want_card(p_alert_id uuid, p_channel text)
returns void
language sql volatile security definer set search_path = ''
as $$
  with card as (
    insert into lead_bot.messages (kind, alert_id, channel, dedupe_key)
    values ('card', p_alert_id, p_channel, 'card:' || p_alert_id)
    on conflict (dedupe_key) do nothing
    returning id
  )
  insert into lead_bot.message_alerts (message_id, alert_id)
  select card.id, p_alert_id from card;
$$;
comment on function lead_bot.want_card is 'Wants the card of an alert in a channel; an alert has one card at the most.';
revoke all on function lead_bot.want_card from public;

notify pgrst, 'reload schema';
commit;
