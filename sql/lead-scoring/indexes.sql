-- Lists the pending index statements for the lead tables, one per row; no rows when all is well. Reads only the
-- catalog and locks nothing. `db:apply` runs the statements one at a time; you can too. Ask again afterwards: an
-- obsolete index is dropped once its replacement exists.
--
-- * No index may refuse a value: a btree entry holds at most 2,704 bytes, so free text is cut to a length that
--   fits at four bytes a character. Expressions use only built-in functions, since the writer of the row runs them.
-- * Only lead_scores_hot reads a generated column, and the view joins on plain columns.
-- * To change an index, give it a new name and move the old one to the list `obsolete`.
-- * If a swapped-out table still holds the name, the new index gets a number.
with wanted (place, name, relation, columns, definition) as (
  values
    -- The newest of a lead's scores, and the view's join. The id breaks ties, so every reader picks the same row.
    (1, 'lead_scores_newest', 'lead_scores', '{developer_id,scored_at,id}',
     '(developer_id, scored_at desc nulls last, id desc)'),
    -- The hot leads: small, however many leads there are.
    (2, 'lead_scores_hot', 'lead_scores', '{developer_id,tier}',
     '(developer_id) where tier = ''hot'''),
    -- The newest of a lead's usage rows, and the view's join.
    (3, 'internal_signals_newest_per_developer', 'internal_signals', '{developer_id,captured_at,id}',
     '(developer_id, captured_at desc nulls last, id desc)'),
    -- The view counts both once per lead.
    (4, 'stakeholders_company_domain', 'stakeholders', '{company_domain}', '(company_domain)'),
    (5, 'expansion_signals_company_domain', 'expansion_signals', '{company_domain}', '(company_domain)'),
    -- All leads of a company, however its domain is spelled: lead_bot.indexed_host('company_domain'). With
    -- text_pattern_ops one index serves both `=` and `like 'velocity%'`, in any collation.
    (6, 'developer_signups_host', 'developer_signups', '{company_domain}',
     '((left(case when company_domain ~ ''^[a-z0-9-]+(?:\.[a-z0-9-]+)+$'' and left(company_domain, 4) <> ''www.'' then company_domain else rtrim(substring(translate(lower(regexp_replace(normalize(left(company_domain, 400), nfkc), ''[\s\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+'', '''', ''g'')), ''ς。‐‑‒–—―−\'', ''σ.-------/'') from ''^[^[:alnum:]/]*(?:(?:https?|ftp|mailto|url):/*|(?:[a-z][a-z0-9+.-]*:)?//+)?(?:[^/?#|,;<>"]*@)?(?:(?:www\.)+(?=[^/?#:]*\.))?([^/?#|,;<>":''''()*{}\u005b\u005d\u0060\u00ab\u00b4\u00bb\u2018-\u201e]+)''), ''.'') end, 253)) text_pattern_ops)'),
    -- `/lead marcus.chen@velocitypay.io`; an address has at most 320 characters.
    (7, 'developer_signups_address', 'developer_signups', '{email}',
     '("left"(lower(email), 320) text_pattern_ops)'),
    -- `/lead velocitypay`, in any spelling of the name: lead_bot.indexed_name('company_name').
    (8, 'company_enrichment_plain_name', 'company_enrichment', '{company_name}',
     '((indexed_name) text_pattern_ops)'),
    -- Partial and misspelled names. Without fastupdate each insert pays a little for its own trigrams; with it, one
    -- insert in hundreds would pay for all of them, inside the pipeline's transaction.
    (9, 'company_enrichment_plain_trgm', 'company_enrichment', '{company_name}',
     'using gin ((indexed_name) gin_trgm_ops) with (fastupdate = off)'),
    (10, 'company_enrichment_domain_trgm', 'company_enrichment', '{domain}',
     'using gin ("left"(lower(domain), 253) gin_trgm_ops) with (fastupdate = off)'),
    -- Leads whose company is known only by their address.
    (11, 'developer_signups_mail_host', 'developer_signups', '{email}',
     '("left"(lower(split_part(email, ''@'', 2)), 253) text_pattern_ops)'),
    -- `/lead Marcus Chen`: lead_bot.indexed_name('full_name').
    (12, 'developer_signups_person', 'developer_signups', '{full_name}',
     '((indexed_name) text_pattern_ops)'),
    (13, 'stakeholders_person', 'stakeholders', '{full_name}',
     '((indexed_name) text_pattern_ops)'),
    -- The LinkedIn page of a company or a person.
    (14, 'company_enrichment_linkedin', 'company_enrichment', '{linkedin_url}',
     '((linkedin_page) text_pattern_ops)'),
    (15, 'stakeholders_linkedin', 'stakeholders', '{linkedin_url}',
     '((linkedin_page) text_pattern_ops)')
),
-- Expressions that the definitions above refer to by name.
forms (name, page) as (
  values (
    -- lead_bot.indexed_name
    'left(btrim(regexp_replace(regexp_replace(translate(lower(normalize(left({column}, 400), nfkd)), ''ς'', ''σ''), ''[\u0001-\u0008\u000e-\u001f\u0027\u0060\u007f-\u009f\u00ad\u02bc\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2018\u2019\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+'', '''', ''g''), ''[\s\u00a0\u1680\u2000-\u200a\u2010-\u2029\u202f-\u205f\u2212\u2800\u3000-\u3003\u3008-\u3011\u30fb!"%&()*,./:;<=>?^_{|}~\u005b-\u005d\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf-]+'', '' '', ''g'')), 200)',
    -- The same as in lead_bot.companies_linked.
    'left(substring(lower(left({column}, 400)) from ''linkedin\.[a-z.]+/((?:company|school|showcase|in|pub)/[^/?#[:space:]]+)''), 200)'
  )
),
obsolete (place, name, relation, replaced_by) as (
  values
    (21, 'lead_scores_newest_per_developer', 'lead_scores', 'lead_scores_newest'),
    (22, 'developer_signups_account', 'developer_signups', 'developer_signups_host'),
    (23, 'developer_signups_domain', 'developer_signups', 'developer_signups_host'),
    (24, 'developer_signups_email', 'developer_signups', 'developer_signups_address'),
    (25, 'company_enrichment_name', 'company_enrichment', 'company_enrichment_plain_name'),
    (26, 'company_enrichment_lower_name', 'company_enrichment', 'company_enrichment_plain_name'),
    (27, 'company_enrichment_name_trgm', 'company_enrichment', 'company_enrichment_plain_trgm'),
    (28, 'developer_signups_personal', 'developer_signups', null)
),
trigrams (operators) as (
  select format('%I.gin_trgm_ops', n.nspname)
    from pg_extension e
    join pg_namespace n on n.oid = e.extnamespace
   where e.extname = 'pg_trgm'
),
-- What is possible in this database: tables may lack a column or belong to another role, and pg_trgm may be
-- missing.
possible as (
  select w.place, w.name, c.oid as table_id,
         replace(replace(replace(w.definition,
           'gin_trgm_ops', coalesce(t.operators, '')),
           'indexed_name', replace(f.name, '{column}', btrim(w.columns, '{}'))),
           'linkedin_page', replace(f.page, '{column}', btrim(w.columns, '{}'))) as definition
    from wanted w
   cross join forms f
    join pg_class c on c.oid = to_regclass('public.' || w.relation) and c.relkind = 'r' and pg_has_role(c.relowner, 'usage')
    left join trigrams t on true
   where (t.operators is not null or w.definition not like '%gin_trgm_ops%')
     and not exists (
       select from unnest(w.columns::text[]) k (name)
        where not exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = k.name and not a.attisdropped
        )
     )
),
-- An invalid index is left over from an interrupted build, unless it is being built right now.
present as (
  select p.place, p.name, i.indexrelid as index_id, x.relname as index_name, i.indisvalid as is_valid,
         exists (select from pg_stat_progress_create_index b where b.index_relid = i.indexrelid) as is_under_way
    from possible p
    join pg_index i on i.indrelid = p.table_id
    join pg_class x on x.oid = i.indexrelid
   where x.relname = p.name or x.relname ~ ('^' || p.name || '_\d+$')
),
left_to_do (place, turn, kind, name, table_id, statement) as (
  select p.place, 1, 'drop', p.index_name, null::oid, format('drop index concurrently if exists public.%I', p.index_name)
    from present p
   where not p.is_valid and not p.is_under_way
  union all
  select p.place, 2, 'build', n.name, p.table_id,
         format('create index concurrently %I on %s %s', n.name,
                (select format('%I.%I', s.nspname, c.relname)
                   from pg_class c join pg_namespace s on s.oid = c.relnamespace where c.oid = p.table_id),
                p.definition)
    from possible p
    cross join lateral (
      select f.name
        from (select p.name, 1 union all select p.name || '_' || k, k from generate_series(2, 99) k) f (name, k)
       where not exists (
         select from pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relname = f.name
            and not exists (select from present l where l.index_id = c.oid and not l.is_valid)
       )
       order by f.k
       limit 1
    ) n
   where not exists (select from present h where h.name = p.name and (h.is_valid or h.is_under_way))
  union all
  select o.place, 1, 'drop', o.name, null, format('drop index concurrently if exists public.%I', o.name)
    from obsolete o
    join pg_index i on i.indexrelid = to_regclass('public.' || o.name) and i.indrelid = to_regclass('public.' || o.relation)
    join pg_class c on c.oid = i.indrelid and pg_has_role(c.relowner, 'usage')
   where o.replaced_by is null
      or exists (select from present h where h.name = o.replaced_by and h.is_valid)
)
select statement, kind, name, table_id
  from left_to_do
 order by place, turn
