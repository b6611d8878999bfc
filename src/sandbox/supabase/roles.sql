-- The roles of a Supabase project, as far as the API and its rights go. `postgres` is what
-- DATABASE_URL connects as: on Supabase it owns the database but is no superuser.
create role postgres login createdb createrole replication bypassrls;
create role anon nologin inherit;
create role authenticated nologin inherit;
create role service_role nologin inherit bypassrls;
create role authenticator login noinherit;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_signal_backend, pg_monitor to postgres;

-- How long a statement may take. PostgREST connects as `authenticator` and sets, for each request, what
-- the role it switches to has of its own. `service_role` has nothing of its own, nor has a role that is
-- made later: for both the 8 s of the connection hold.
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';

alter role postgres set search_path = "$user", public, extensions;
