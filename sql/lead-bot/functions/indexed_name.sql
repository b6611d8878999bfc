create or replace function lead_bot.indexed_name(p_column text)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return format($expression$left(btrim(regexp_replace(regexp_replace(translate(lower(normalize(left(%s, 400), nfkd)), 'ς', 'σ'), '[\u0001-\u0008\u000e-\u001f\u0027\u0060\u007f-\u009f\u00ad\u02bc\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2018\u2019\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+', '', 'g'), '[\s\u00a0\u1680\u2000-\u200a\u2010-\u2029\u202f-\u205f\u2212\u2800\u3000-\u3003\u3008-\u3011\u30fb!"%%&()*,./:;<=>?^_{|}~\u005b-\u005d\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf-]+', ' ', 'g')), 200)$expression$, p_column);
end;
$$;
comment on function lead_bot.indexed_name is
  'The expression that the indexes in sql/lead-scoring/indexes.sql use on a name, in built-in functions only: lead_bot.normal_name before it strips legal forms.';
revoke all on function lead_bot.indexed_name from public;
