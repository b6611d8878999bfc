create or replace function public.lead_bot_lookup(
  p_keys text[], p_emails text[] default null, p_names text[] default null, p_profiles text[] default '{}',
  p_near text default null, p_parts boolean default true, p_channels text[] default null,
  p_email text default null, p_name text default null
)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_key text;
  v_names text[];
  v_near text := lead_bot.normal_name(lead_bot.unicode_label(left(coalesce(p_near, p_name), 400)));
  v_offer record;
begin
  perform lead_bot.share_lead_tables();
  p_emails := coalesce(p_emails, array_remove(array[p_email], null));
  p_names := coalesce(p_names, array_remove(array[p_name], null));
  v_key := lead_bot.account_asked(p_keys, p_emails);
  -- A caller limited to some companies isn't told that there are others.
  if p_channels is not null and not lead_bot.account_stands_in(v_key, p_channels) then
    v_key := null;
  end if;
  if v_key is null then
    v_names := array(
      select n.name
        from (
          select lead_bot.normal_name(left(u.name, 400)) as name, min(u.place) as place
            from unnest(p_names[1:5]) with ordinality u (name, place)
           group by 1
        ) n
       where n.name is not null
       order by n.place
    );
    select o.* into v_offer
      from lead_bot.companies_fitting(v_names, p_profiles, case when p_parts then v_near end, p_channels) o;
    if v_offer.fitting = 1 then
      v_key := v_offer.matches #>> '{0,account_key}';
    elsif v_offer.matches <> '[]' then
      -- Of matches, an AE wants the hottest; of similar names, the most similar.
      return jsonb_build_object('kind', 'near', 'fitting', v_offer.fitting, 'matches', (
        select jsonb_agg(m.value order by (m.value ->> 'total_score')::int desc nulls last, m.place)
          from jsonb_array_elements(v_offer.matches) with ordinality m (value, place)
      ));
    end if;
  end if;
  if v_key is not null then
    return jsonb_build_object('kind', 'found', 'picture', lead_bot.account_picture(v_key));
  end if;

  if v_near is not null then
    select o.* into v_offer
      from (
        select array_agg(c.domain order by c.contains desc, c.alike desc, c.domain) as domains,
               array_agg(c.name order by c.contains desc, c.alike desc, c.domain) as names
          from (
            select f.domain, max(f.name) as name, max(f.alike) as alike, bool_or(f.contains) as contains
              from (
                -- Don't answer an unknown domain with a company that only shares the name.
                select p.domain, p.name, 1 as alike, true as contains
                  from lead_bot.companies_containing(v_near) p
                 where not p_parts
                union all
                select a.domain, a.name, a.alike, false from lead_bot.companies_alike(v_near) a
              ) f
             group by f.domain
          ) c
      ) n
     cross join lateral lead_bot.companies_offered(n.domains, n.names, 5, p_channels) o;
    if v_offer.matches <> '[]' then
      return jsonb_build_object('kind', 'near', 'fitting', 0, 'matches', v_offer.matches);
    end if;
  end if;
  return jsonb_strip_nulls(jsonb_build_object('kind', 'none', 'mail_provider', (
    select true
      from unnest(p_keys[1:200]) k (key)
     where lead_bot.is_mail_provider(lead_bot.normal_domain(k.key))
     limit 1
  )));
end;
$$;
comment on function public.lead_bot_lookup is
  'Finds a company by account keys or domains (tried in order), addresses, LinkedIn pages, names of companies or people (tried in order) or, with p_parts, an unambiguous part of a name. Otherwise up to ten matches (fitting: how many there are; 101 means more than 100) or, without any, five similar to p_near, if given. Without an answer, it says if one of the keys is a mail provider. With p_channels, only companies whose card belongs to one of these. Bots of the first versions pass p_keys, p_email and p_name only.';
revoke all on function public.lead_bot_lookup from public, anon, authenticated;
grant execute on function public.lead_bot_lookup to service_role, lead_bot;
