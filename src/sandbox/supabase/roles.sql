-- The roles of a Supabase project that matter for the API and its permissions. DATABASE_URL connects as
-- `postgres`, which owns the database but is not a superuser.
create role postgres login createdb createrole replication bypassrls;
create role anon nologin inherit;
create role authenticated nologin inherit;
create role service_role nologin inherit bypassrls;
create role authenticator login noinherit;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_signal_backend, pg_monitor to postgres;

-- Statement timeouts. PostgREST connects as `authenticator`, and for each request applies the settings of
-- the role it switches to. `service_role` and later roles have none, so the connection's 8 s apply.
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';

alter role postgres set search_path = "$user", public, extensions;
