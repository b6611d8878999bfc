create or replace function lead_bot.concerns_row(p_sqlstate text)
returns boolean
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return left(p_sqlstate, 2) in ('21', '22', '38', '39', '54', 'P0') or p_sqlstate in ('XX001', 'XX002');
end;
$$;
comment on function lead_bot.concerns_row is
  'Whether an error comes from the data of one row and shouldn''t affect others: a division by zero in a view, a limit exceeded, a corrupt value. A missing table, a lock or a timeout affects all rows.';
revoke all on function lead_bot.concerns_row from public;
