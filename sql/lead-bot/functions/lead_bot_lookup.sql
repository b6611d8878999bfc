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
  select t.account_key into v_key
    from lead_bot.tiers_of(array(
      select d.id from public.developer_signups d where left(lower(d.email), 320) = p_email limit 5
    )) t
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
      select t.score as total_score, t.tier
        from lead_bot.tiers_of(lead_bot.colleagues(n.domain, '{}', 5)) t
       order by t.score desc nulls last
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
