import { doBlock, reportChange } from './step.ts';

/** Creates the role, the schema and the tables of db:apply itself. Locks and writes nothing that exists. */
export const createBotSchema = doBlock(`begin
  if not exists (select from pg_roles where rolname = 'authenticator') then
    raise exception 'there is no role "authenticator": this is not a Supabase database'
      using errcode = 'LA002', hint = 'Check that DATABASE_URL is the one of your Supabase project.';
  end if;
  if not exists (select from pg_roles where rolname = 'lead_bot') then
    create role lead_bot nologin noinherit nobypassrls;
    ${reportChange('role')}
  end if;
  if not pg_has_role('authenticator', 'lead_bot', 'member') then
    grant lead_bot to authenticator;
  end if;
  -- Its own grant: the one to public is often revoked.
  if not exists (
    select from pg_namespace n, aclexplode(n.nspacl) a
     where n.nspname = 'public' and a.grantee = 'lead_bot'::regrole and a.privilege_type = 'USAGE'
  ) then
    grant usage on schema public to lead_bot;
  end if;
  if not has_schema_privilege('service_role', 'public', 'usage') then
    grant usage on schema public to service_role;
  end if;
  if to_regnamespace('lead_bot') is null then
    create schema lead_bot;
  end if;
  if has_schema_privilege('public', 'lead_bot', 'usage') then
    revoke all on schema lead_bot from public;
  end if;
  if to_regclass('lead_bot.migrations') is null then
    create table lead_bot.migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    alter table lead_bot.migrations enable row level security;
    comment on table lead_bot.migrations is 'Which files of sql/lead-bot/migrations this database has had.';
  end if;
  if to_regclass('lead_bot.applied_files') is null then
    create table lead_bot.applied_files (
      name text primary key,
      checksum text not null,
      state text not null,
      applied_at timestamptz not null default now()
    );
    alter table lead_bot.applied_files enable row level security;
    comment on table lead_bot.applied_files is
      'Which files of sql/lead-bot/functions this database has, by their checksum, and what each of them had made: the fingerprint of its functions, triggers and grants.';
  end if;
end`);
