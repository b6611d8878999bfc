-- The roles of a Supabase project, as far as the API and its rights go. `postgres` is what
-- DATABASE_URL connects as: on Supabase it owns the database but is no superuser.
create role postgres login createdb createrole replication bypassrls;
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_signal_backend, pg_monitor to postgres;
