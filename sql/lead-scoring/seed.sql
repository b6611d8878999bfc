-- Five sample leads: two hot, two warm, one to nurture. All dates are relative to now, so that the
-- sample is as fresh on the day it is looked at as on the day it was written.

-- ------------------------------------------------------------
-- Sample Lead: VelocityPay (Hot - Score 88)
-- Fintech scaling fast, Auth0 contract renewal window
-- (The published sample calls this a score of 87; its components give 88.25, which rounds to 88.)
-- ------------------------------------------------------------

INSERT INTO developer_signups (id, email, full_name, company_domain, signup_source)
VALUES ('11111111-1111-1111-1111-111111111111',
        'marcus.chen@velocitypay.io', 'Marcus Chen', 'velocitypay.io', 'github');

INSERT INTO company_enrichment (domain, company_name, industry, employee_count,
                                employee_range, funding_stage, total_funding_usd, tech_stack)
VALUES ('velocitypay.io', 'VelocityPay', 'Financial Services', 180,
        '51-200', 'series_b', 45000000, '["AWS", "PostgreSQL", "Auth0", "React"]');

INSERT INTO internal_signals (developer_id, project_count, uses_auth, uses_storage,
                              uses_edge_functions, uses_realtime, billing_tier,
                              team_member_count, api_calls_30d, api_calls_prev_30d)
VALUES ('11111111-1111-1111-1111-111111111111', 4, true, true, true, true,
        'pro', 5, 2800000, 800000);  -- 250% API growth!

INSERT INTO stakeholders (company_domain, full_name, title, is_decision_maker, is_technical)
VALUES
  ('velocitypay.io', 'Sarah Kim', 'VP of Engineering', true, true),
  ('velocitypay.io', 'David Park', 'CTO', true, true);

INSERT INTO expansion_signals (company_domain, signal_type, signal_title, signal_strength)
VALUES
  ('velocitypay.io', 'hiring', 'Hiring 4 Backend Engineers', 'high'),
  ('velocitypay.io', 'tech_migration', 'Auth0 contract renewal coming up', 'high'),
  ('velocitypay.io', 'funding', 'Series B closed $30M', 'high');

INSERT INTO lead_scores (developer_id, company_score, usage_score, expansion_score,
                         champion_score, timing_score, suggested_action)
VALUES ('11111111-1111-1111-1111-111111111111', 85, 95, 90, 80, 85,
        'Champion is highly active (5 team members, 250% API growth). Auth0 contract
         renewal creates migration window. Reach out to Marcus, offer to connect
         with VP Eng Sarah Kim for compliance/security conversation.');

-- ------------------------------------------------------------
-- Sample Lead: HomeFront Technologies (Hot - Score 86)
-- PropTech with 850 employees, outgrowing Firebase
-- ------------------------------------------------------------

INSERT INTO developer_signups (id, email, full_name, company_domain, signup_date, signup_source,
                               created_at, updated_at)
VALUES ('22222222-2222-2222-2222-222222222222',
        'priya.natarajan@homefront.tech', 'Priya Natarajan', 'homefront.tech',
        now() - interval '74 days', 'google', now() - interval '74 days', now() - interval '1 day');

INSERT INTO company_enrichment (domain, company_name, industry, employee_count, employee_range,
                                company_type, funding_stage, total_funding_usd, tech_stack,
                                linkedin_url, enriched_at)
VALUES ('homefront.tech', 'HomeFront Technologies', 'Real Estate Technology', 850, '501-1000',
        'enterprise', 'series_d', 210000000,
        '["Firebase", "Google Cloud", "Next.js", "Flutter", "BigQuery"]',
        'https://www.linkedin.com/company/homefront-technologies', now() - interval '2 days');

INSERT INTO internal_signals (developer_id, project_count, active_projects, uses_auth, uses_storage,
                              uses_edge_functions, uses_realtime, uses_vector, uses_cron,
                              billing_tier, tier_upgraded_at, team_member_count,
                              team_members_added_last_30d, api_calls_30d, api_calls_prev_30d,
                              last_active_at, dashboard_logins_30d, captured_at)
VALUES ('22222222-2222-2222-2222-222222222222', 6, 4, true, true, false, true, false, true,
        'team', now() - interval '12 days', 11, 6, 4650000, 1500000,
        now() - interval '3 hours', 64, now() - interval '2 hours');  -- 210% API growth

INSERT INTO stakeholders (company_domain, full_name, title, department, seniority, linkedin_url,
                          is_decision_maker, is_technical, is_budget_holder, enriched_at)
VALUES
  ('homefront.tech', 'Elena Vasquez', 'CTO', 'engineering', 'c-level',
   'https://www.linkedin.com/in/elena-vasquez-homefront', true, true, true,
   now() - interval '2 days'),
  ('homefront.tech', 'Tom Brandt', 'Director of Platform Engineering', 'engineering', 'director',
   'https://www.linkedin.com/in/tom-brandt-homefront', true, true, false,
   now() - interval '2 days'),
  ('homefront.tech', 'Grace Okafor', 'VP of Finance', 'finance', 'vp',
   'https://www.linkedin.com/in/grace-okafor-homefront', false, false, true,
   now() - interval '2 days');

INSERT INTO expansion_signals (company_domain, signal_type, signal_title, signal_detail,
                               signal_date, signal_strength, captured_at)
VALUES
  ('homefront.tech', 'tech_migration', 'Firebase scaling issues in listing search',
   'Engineering blog: Firestore fan-out reads tripled their bill and listing search times out at weekend peaks; the team is evaluating Postgres.',
   current_date - 9, 'high', now() - interval '2 days'),
  ('homefront.tech', 'hiring', 'Hiring a Staff Engineer, Data Migrations',
   'The posting asks for experience of moving a document store to PostgreSQL.',
   current_date - 16, 'high', now() - interval '2 days'),
  ('homefront.tech', 'news', 'Launching in 12 more metro areas this quarter',
   'Press release; listing volume is expected to double.',
   current_date - 27, 'medium', now() - interval '2 days');

INSERT INTO lead_scores (developer_id, company_score, usage_score, expansion_score,
                         champion_score, timing_score, suggested_action, scored_at)
VALUES ('22222222-2222-2222-2222-222222222222', 92, 86, 88, 78, 80,
        'Firebase is failing them at weekend peaks and Priya''s team grew from 5 to 11 in a month. Offer Priya a Firestore-to-Postgres migration review this week and ask her to bring Tom Brandt (Platform); then take the cost case to CTO Elena Vasquez before the launch in 12 metro areas.',
        now() - interval '1 hour');

-- ------------------------------------------------------------
-- Sample Lead: CloudMetrics (Warm - Score 74)
-- Observability scaleup whose job posts mention Supabase
-- ------------------------------------------------------------

INSERT INTO developer_signups (id, email, full_name, company_domain, signup_date, signup_source,
                               created_at, updated_at)
VALUES ('33333333-3333-3333-3333-333333333333',
        'jonas.lindqvist@cloudmetrics.dev', 'Jonas Lindqvist', 'cloudmetrics.dev',
        now() - interval '131 days', 'github',
        now() - interval '131 days', now() - interval '3 days');

INSERT INTO company_enrichment (domain, company_name, industry, employee_count, employee_range,
                                company_type, funding_stage, total_funding_usd, tech_stack,
                                linkedin_url, enriched_at)
VALUES ('cloudmetrics.dev', 'CloudMetrics', 'Developer Tools', 95, '51-200',
        'scaleup', 'series_a', 18000000,
        '["Supabase", "Go", "ClickHouse", "Kubernetes", "Svelte"]',
        'https://www.linkedin.com/company/cloudmetrics-dev', now() - interval '5 days');

INSERT INTO internal_signals (developer_id, project_count, active_projects, uses_auth, uses_storage,
                              uses_edge_functions, uses_realtime, uses_vector, uses_cron,
                              billing_tier, tier_upgraded_at, team_member_count,
                              team_members_added_last_30d, api_calls_30d, api_calls_prev_30d,
                              last_active_at, dashboard_logins_30d, captured_at)
VALUES ('33333333-3333-3333-3333-333333333333', 3, 2, true, false, true, true, false, true,
        'pro', now() - interval '96 days', 4, 1, 940000, 640000,
        now() - interval '1 day', 31, now() - interval '2 hours');  -- 46.9% API growth

INSERT INTO stakeholders (company_domain, full_name, title, department, seniority, linkedin_url,
                          is_decision_maker, is_technical, is_budget_holder, enriched_at)
VALUES
  ('cloudmetrics.dev', 'Amara Diallo', 'VP of Engineering', 'engineering', 'vp',
   'https://www.linkedin.com/in/amara-diallo-cloudmetrics', true, true, true,
   now() - interval '5 days'),
  ('cloudmetrics.dev', 'Wei Zhang', 'Engineering Manager, Platform', 'engineering', 'manager',
   'https://www.linkedin.com/in/wei-zhang-cloudmetrics', false, true, false,
   now() - interval '5 days');

INSERT INTO expansion_signals (company_domain, signal_type, signal_title, signal_detail,
                               signal_date, signal_strength, captured_at)
VALUES
  ('cloudmetrics.dev', 'hiring', 'Job posts mention Supabase',
   'Two open roles (Senior Backend, Platform) list "experience with Supabase or Postgres row level security".',
   current_date - 11, 'high', now() - interval '5 days'),
  ('cloudmetrics.dev', 'news', 'Announced SOC 2 Type II program',
   'Audit window opens next quarter; SSO and audit logs become requirements.',
   current_date - 33, 'medium', now() - interval '5 days');

INSERT INTO lead_scores (developer_id, company_score, usage_score, expansion_score,
                         champion_score, timing_score, suggested_action, scored_at)
VALUES ('33333333-3333-3333-3333-333333333333', 70, 74, 82, 76, 66,
        'They are hiring for Supabase skills, so the decision to stay is made; the plan is not. Ask Jonas what the two new roles will build, and offer VP Eng Amara Diallo a Team plan walkthrough (SSO, audit logs) ahead of the SOC 2 audit window.',
        now() - interval '1 hour');

-- ------------------------------------------------------------
-- Sample Lead: MediSync (Warm - Score 68)
-- Healthcare, HIPAA needs
-- ------------------------------------------------------------

INSERT INTO developer_signups (id, email, full_name, company_domain, signup_date, signup_source,
                               created_at, updated_at)
VALUES ('44444444-4444-4444-4444-444444444444',
        'hannah.weiss@medisync.health', 'Hannah Weiss', 'medisync.health',
        now() - interval '48 days', 'organic',
        now() - interval '48 days', now() - interval '4 days');

INSERT INTO company_enrichment (domain, company_name, industry, employee_count, employee_range,
                                company_type, funding_stage, total_funding_usd, tech_stack,
                                linkedin_url, enriched_at)
VALUES ('medisync.health', 'MediSync', 'Healthcare', 320, '201-500',
        'scaleup', 'series_b', 62000000,
        '["Azure", "SQL Server", "React Native", "Twilio", "HL7 FHIR"]',
        'https://www.linkedin.com/company/medisync-health', now() - interval '6 days');

INSERT INTO internal_signals (developer_id, project_count, active_projects, uses_auth, uses_storage,
                              uses_edge_functions, uses_realtime, uses_vector, uses_cron,
                              billing_tier, tier_upgraded_at, team_member_count,
                              team_members_added_last_30d, api_calls_30d, api_calls_prev_30d,
                              last_active_at, dashboard_logins_30d, captured_at)
VALUES ('44444444-4444-4444-4444-444444444444', 2, 1, true, true, false, false, false, false,
        'pro', now() - interval '20 days', 3, 2, 210000, 150000,
        now() - interval '2 days', 22, now() - interval '2 hours');  -- 40% API growth

INSERT INTO stakeholders (company_domain, full_name, title, department, seniority, linkedin_url,
                          is_decision_maker, is_technical, is_budget_holder, enriched_at)
VALUES
  ('medisync.health', 'Robert Achterberg', 'Chief Information Security Officer', 'security',
   'c-level', 'https://www.linkedin.com/in/robert-achterberg-medisync', true, true, false,
   now() - interval '6 days'),
  ('medisync.health', 'Lucia Romano', 'VP of Product', 'product', 'vp',
   'https://www.linkedin.com/in/lucia-romano-medisync', true, false, true,
   now() - interval '6 days');

INSERT INTO expansion_signals (company_domain, signal_type, signal_title, signal_detail,
                               signal_date, signal_strength, captured_at)
VALUES
  ('medisync.health', 'hiring', 'Hiring a HIPAA Compliance Engineer',
   'Reports to the CISO; the posting names vendor BAAs and audit trails.',
   current_date - 7, 'high', now() - interval '6 days'),
  ('medisync.health', 'news', 'Signed a regional hospital network as a customer',
   'Patient data of 14 clinics goes live in the spring.',
   current_date - 40, 'medium', now() - interval '6 days');

INSERT INTO lead_scores (developer_id, company_score, usage_score, expansion_score,
                         champion_score, timing_score, suggested_action, scored_at)
VALUES ('44444444-4444-4444-4444-444444444444', 82, 56, 74, 66, 62,
        'Patient data cannot go live without a BAA. Send Hannah the HIPAA add-on and shared-responsibility guide, and offer a 30-minute security review with CISO Robert Achterberg before his compliance engineer starts choosing vendors.',
        now() - interval '1 hour');

-- ------------------------------------------------------------
-- Sample Lead: TaskFlow (Nurture - Score 45)
-- Seed stage, free tier
-- ------------------------------------------------------------

INSERT INTO developer_signups (id, email, full_name, company_domain, signup_date, signup_source,
                               created_at, updated_at)
VALUES ('55555555-5555-5555-5555-555555555555',
        'leo.martins@taskflow.app', 'Leo Martins', 'taskflow.app',
        now() - interval '19 days', 'referral',
        now() - interval '19 days', now() - interval '5 days');

INSERT INTO company_enrichment (domain, company_name, industry, employee_count, employee_range,
                                company_type, funding_stage, total_funding_usd, tech_stack,
                                linkedin_url, enriched_at)
VALUES ('taskflow.app', 'TaskFlow', 'Productivity Software', 8, '1-10',
        'startup', 'seed', 1500000, '["Vercel", "Next.js", "Stripe"]',
        'https://www.linkedin.com/company/taskflow-app', now() - interval '8 days');

INSERT INTO internal_signals (developer_id, project_count, active_projects, uses_auth, uses_storage,
                              uses_edge_functions, uses_realtime, uses_vector, uses_cron,
                              billing_tier, tier_upgraded_at, team_member_count,
                              team_members_added_last_30d, api_calls_30d, api_calls_prev_30d,
                              last_active_at, dashboard_logins_30d, captured_at)
VALUES ('55555555-5555-5555-5555-555555555555', 1, 1, true, false, false, true, true, false,
        'free', null, 2, 1, 38000, 29000,
        now() - interval '6 hours', 18, now() - interval '2 hours');  -- 31% API growth

INSERT INTO stakeholders (company_domain, full_name, title, department, seniority, linkedin_url,
                          is_decision_maker, is_technical, is_budget_holder, enriched_at)
VALUES
  ('taskflow.app', 'Ines Carvalho', 'Co-founder and CEO', 'product', 'c-level',
   'https://www.linkedin.com/in/ines-carvalho-taskflow', true, false, true,
   now() - interval '8 days');

INSERT INTO expansion_signals (company_domain, signal_type, signal_title, signal_detail,
                               signal_date, signal_strength, captured_at)
VALUES
  ('taskflow.app', 'news', 'Launched on Product Hunt',
   'Third product of the day; public beta opened.',
   current_date - 13, 'low', now() - interval '8 days');

INSERT INTO lead_scores (developer_id, company_score, usage_score, expansion_score,
                         champion_score, timing_score, suggested_action, scored_at)
VALUES ('55555555-5555-5555-5555-555555555555', 30, 48, 40, 65, 55,
        'Too early for a sales call. Point Leo to the startup program and the vector search guide, and look again when they pass 100,000 API calls a month or leave the free plan.',
        now() - interval '1 hour');
