create or replace function lead_bot.bearers_of(p_relation text, p_column text, p_key text, p_name text, p_limit int default null)
returns table (key text, name text)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
  -- Not "=": the trigram index would serve that too, and read every name with one of the trigrams. The index keeps
  -- legal forms, so look the name up with each of them. A surname may look like one: Anna Sa.
  return query execute format(
    'select b.key, b.name
       from unnest($2) s (spelling)
      cross join lateral (
        select r.%3$I::text as key, r.%2$I as name
          from public.%1$I r
         where %4$s ~>=~ s.spelling and %4$s ~<=~ s.spelling
         limit 300
      ) b
      where lead_bot.normal_name(b.name) = $1
      limit $3', p_relation, p_column, p_key, lead_bot.indexed_name(format('r.%I', p_column))
  ) using p_name, lead_bot.spellings_of(p_name), p_limit;
-- The owner may have renamed a column or be replacing the table.
exception when undefined_table or undefined_column or undefined_function or datatype_mismatch then
  return;
end;
$$;
comment on function lead_bot.bearers_of is
  'Rows of a lead table whose name is this one (as lead_bot.normal_name returns it), by an index on lead_bot.indexed_name: p_key of each row, and the name as written. Reads up to 300 rows per spelling, or all with p_limit null.';
revoke all on function lead_bot.bearers_of from public;
