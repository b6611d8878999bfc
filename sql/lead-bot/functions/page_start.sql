create or replace function lead_bot.page_start(p_offset int, p_rows int, p_total int)
returns int
language sql immutable parallel safe set search_path = ''
as $$
  select least(greatest(coalesce(p_offset, 0), 0), greatest(p_total - 1, 0)) / p_rows * p_rows;
$$;
comment on function lead_bot.page_start is
  'Where the page of a list begins that holds the row at this offset, or the last page if the list ends before it.';
revoke all on function lead_bot.page_start from public;
