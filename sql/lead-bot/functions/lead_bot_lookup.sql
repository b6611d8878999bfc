create or replace function public.lead_bot_lookup(p_keys text[], p_email text, p_name text)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_name text := left(p_name, 200);
  v_key text := lead_bot.account_asked(p_keys, p_email);
  v_of_a_domain boolean := coalesce(cardinality(p_keys), 0) > 0;
  v_offer record;
begin
  if v_key is null and v_name <> '' and not v_of_a_domain then
    select o.* into v_offer
      from (select array_agg(c.domain) as domains, array_agg(c.name) as names from lead_bot.companies_named(v_name) c) n
     cross join lateral lead_bot.companies_offered(n.domains, n.names, 10) o;
    if v_offer.matches = '[]' then
      select o.* into v_offer
        from (select array_agg(c.domain) as domains, array_agg(c.name) as names from lead_bot.companies_containing(v_name) c) n
       cross join lateral lead_bot.companies_offered(n.domains, n.names, 10) o;
    end if;
    if v_offer.fitting = 1 then
      v_key := v_offer.matches #>> '{0,account_key}';
    elsif v_offer.matches <> '[]' then
      -- Of companies that fit the hottest is what an AE is after, of others the one most alike.
      return jsonb_build_object('kind', 'near', 'fitting', v_offer.fitting, 'matches', (
        select jsonb_agg(m.value order by (m.value ->> 'total_score')::int desc nulls last, m.place)
          from jsonb_array_elements(v_offer.matches) with ordinality m (value, place)
      ));
    end if;
  end if;
  if v_key is not null then
    return jsonb_build_object('kind', 'found', 'picture', lead_bot.account_picture(v_key));
  end if;

  if v_name <> '' then
    select o.* into v_offer
      from (
        select array_agg(c.domain order by c.contains desc, c.alike desc, c.domain) as domains,
               array_agg(c.name order by c.contains desc, c.alike desc, c.domain) as names
          from (
            select f.domain, max(f.name) as name, max(f.alike) as alike, bool_or(f.contains) as contains
              from (
                -- A domain that nobody has is not answered with another company that happens to share the name.
                select p.domain, p.name, 1 as alike, true as contains
                  from lead_bot.companies_containing(v_name) p
                 where v_of_a_domain
                union all
                select a.domain, a.name, a.alike, false from lead_bot.companies_alike(v_name) a
              ) f
             group by f.domain
          ) c
      ) n
     cross join lateral lead_bot.companies_offered(n.domains, n.names, 5) o;
    if v_offer.matches <> '[]' then
      return jsonb_build_object('kind', 'near', 'fitting', 0, 'matches', v_offer.matches);
    end if;
  end if;
  return jsonb_build_object('kind', 'none');
end;
$$;
comment on function public.lead_bot_lookup is
  'Finds a company by account keys (tried in order), a developer''s e-mail address, or a company name or a part of it that only one has, all lower-cased; else up to ten of those that fit (fitting says how many do; 101 stands for more than a hundred) or, when none does, five that come near.';
revoke all on function public.lead_bot_lookup from public, anon, authenticated;
grant execute on function public.lead_bot_lookup to service_role, lead_bot;
