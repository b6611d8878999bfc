create or replace function lead_bot.swapped_tables()
returns jsonb
language sql stable security definer set search_path = ''
as $$
  -- Everything that lead_dashboard reads, including through other views.
  with recursive read (id, kind) as (
    select c.oid, c.relkind from pg_catalog.pg_class c where c.oid = to_regclass('public.lead_dashboard')
    union
    select c.oid, c.relkind
      from read b
      join pg_catalog.pg_rewrite r on r.ev_class = b.id and b.kind in ('v', 'm')
      join pg_catalog.pg_depend d
        on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
      join pg_catalog.pg_class c on c.oid = d.refobjid
  ),
  given (name, id) as (
    select n.name, to_regclass('public.' || n.name)::oid
      from unnest(array['developer_signups', 'internal_signals', 'company_enrichment', 'stakeholders',
                        'expansion_signals', 'lead_scores']) n (name)
  ),
  columns (id, name) as (
    select a.attrelid, a.attname::text
      from pg_catalog.pg_attribute a
     where a.attnum > 0 and not a.attisdropped
       and (a.attrelid in (select b.id from read b) or a.attrelid in (select g.id from given g))
  )
  select coalesce(jsonb_agg(jsonb_build_object('table', g.name, 'reads', o.name) order by g.name), '[]')
    from given g
    cross join lateral (
      select b.id::regclass::text as name
        from read b
        join pg_catalog.pg_class c on c.oid = b.id
       where b.kind in ('r', 'p', 'f', 'm') and b.id <> to_regclass('public.lead_dashboard')
         and b.id not in (select x.id from given x where x.id is not null)
         -- Named after it, perhaps in another schema; or with another name and the same columns.
         and (
           c.relname like '%' || replace(g.name, '_', '\_') || '%'
           or (select count(*) from columns k where k.id = b.id) >= 4
             and not exists (
               select k.name from columns k where k.id = b.id except select k.name from columns k where k.id = g.id
             )
         )
       order by c.relname like '%' || replace(g.name, '_', '\_') || '%' desc, c.relname
       limit 1
    ) o
   where g.id is not null and g.id not in (select b.id from read b);
$$;
comment on function lead_bot.swapped_tables is
  'Lead tables that were renamed into place while lead_dashboard still reads the old ones: a view keeps reading the table it was created on, whatever its name.';
revoke all on function lead_bot.swapped_tables from public;
