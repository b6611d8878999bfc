-- Called for each lead read. A well-formed domain costs one regular expression.
create or replace function lead_bot.normal_domain(p_text text)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_domain text;
begin
  if p_text ~ '^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$' and length(p_text) <= 253
    and left(p_text, 4) <> 'www.' and strpos(p_text, 'xn--') = 0 then
    return p_text;
  end if;
  -- A URL may be long. Width and form first: they may produce a slash, a full stop or a blank.
  v_domain := normalize(left(p_text, 2000), nfkc);
  -- Invisible characters and blanks.
  v_domain := regexp_replace(v_domain,
    '[\s\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f'
    '\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+', '', 'g');
  -- Lower case has two forms of sigma. The ideographic full stop separates labels too.
  v_domain := translate(normalize(lower(v_domain), nfkc), 'ς。‐‑‒–—―−\', 'σ.-------/');
  v_domain := btrim(v_domain, '"''`´“”„‘’‚«»<>()[]{},;*.');
  v_domain := regexp_replace(v_domain, '^(?:(?:https?|ftp|mailto|url):/*|(?:[a-z][a-z0-9+.-]*:)?//+)', '');
  v_domain := regexp_replace(v_domain, '[/?#|,;<>"].*$', '');
  v_domain := regexp_replace(v_domain, '^.*@', '');
  v_domain := regexp_replace(v_domain, ':.*$', '');
  v_domain := btrim(regexp_replace(v_domain, '\.{2,}', '.', 'g'), '"''`´“”„‘’‚«»<>()[]{},;*.');
  if strpos(v_domain, 'xn--') > 0 and length(v_domain) <= 253 then
    v_domain := (
      select string_agg(lead_bot.unicode_label(l.label), '.' order by l.place)
        from regexp_split_to_table(v_domain, '\.') with ordinality l (label, place)
    );
  end if;
  -- www.com is an ordinary name.
  v_domain := regexp_replace(v_domain, '^(?:www\.)+(?=.*\.)', '');
  -- "n/a", "none" and "-" are no domains, and companies that have them have nothing in common.
  if length(v_domain) <= 253 and v_domain ~ '[^._-].*\.[^.]{2,}$' then
    return v_domain;
  end if;
  return null;
end;
$$;
comment on function lead_bot.normal_domain is
  'The canonical form of a domain, which identifies a company: the host of a URL or address, lower case, in Unicode (NFKC), without www, port, blanks and invisible characters. Null if nothing is left, there is no dot, or it has more than 253 characters.';
revoke all on function lead_bot.normal_domain from public;
