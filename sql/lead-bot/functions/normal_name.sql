-- lead_bot.indexed_name is the same without the last two steps.
create or replace function lead_bot.normal_name(p_text text)
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  v_visible text := btrim(regexp_replace(translate(lower(normalize(left(p_text, 400), nfkd)), 'ς''’‘ʼ`', 'σ'),
    '[\u0001-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+', '', 'g'));
  v_name text := left(btrim(regexp_replace(v_visible,
    '[\s\u00a0\u1680\u2000-\u200a\u2010-\u2029\u202f-\u205f\u2212\u2800\u3000-\u3003\u3008-\u3011\u30fb!"%&()*,./:;<=>?^_{|}~\u005b-\u005d\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf-]+', ' ', 'g')), 200);
  v_forms text := lead_bot.legal_forms();
begin
  if v_name = '' then
    -- In a name of punctuation only, it is the name.
    return nullif(left(v_visible, 200), '');
  end if;
  -- Checking the last word is cheap, and most names don't end in one of these.
  if strpos(v_forms || '|', substring(v_name from ' ([^ ]+)$') || '|') > 0 then
    v_name := regexp_replace(v_name, '(?: (?:' || v_forms || '))+$', '');
  end if;
  -- In Japan and China they come first or last, without a blank.
  if v_name ~ '^(?:株式会社|有限会社|合同会社).|.(?:会社|公司)$' then
    v_name := regexp_replace(v_name, '^(?:株式会社|有限会社|合同会社) ?(?=.)', '');
    v_name := coalesce(substring(v_name from '^(.+?) ?(?:株式会社|有限会社|合同会社|(?:股份|责任)*有限公司)$'), v_name);
  end if;
  return v_name;
end;
$$;
comment on function lead_bot.normal_name is
  'The canonical form of a company''s or person''s name, for comparing: lower case, NFKD without accents, one blank for blanks, dashes and punctuation, without invisible characters and legal forms (Inc., GmbH). At most 200 characters of the first 400; null if nothing is left.';
revoke all on function lead_bot.normal_name from public;
