create or replace function lead_bot.indexed_host(p_column text)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return format($expression$left(case when %1$s ~ '^[a-z0-9-]+(?:\.[a-z0-9-]+)+$' and left(%1$s, 4) <> 'www.' then %1$s else rtrim(substring(translate(lower(regexp_replace(normalize(left(%1$s, 400), nfkc), '[\s\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+', '', 'g')), 'ς。‐‑‒–—―−\', 'σ.-------/') from '^[^[:alnum:]/]*(?:(?:https?|ftp|mailto|url):/*|(?:[a-z][a-z0-9+.-]*:)?//+)?(?:[^/?#|,;<>"]*@)?(?:(?:www\.)+(?=[^/?#:]*\.))?([^/?#|,;<>":''()*{}\u005b\u005d\u0060\u00ab\u00b4\u00bb\u2018-\u201e]+)'), '.') end, 253)$expression$, p_column);
end;
$$;
comment on function lead_bot.indexed_host is
  'The expression that the indexes in sql/lead-scoring/indexes.sql use on a domain, URL or address, in built-in functions only: its host, usually equal to lead_bot.normal_domain. Keeps Punycode.';
revoke all on function lead_bot.indexed_host from public;
