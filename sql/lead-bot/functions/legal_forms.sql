create or replace function lead_bot.legal_forms()
returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return 'inc|incorporated|corp|corporation|co|company|co ltd|co inc|llc|l l c|llp|l l p|lp|l p|ltd|limited|plc|p l c|pllc|'
    'pbc|pty|pty ltd|pty limited|pte|pte ltd|pvt ltd|private limited|gmbh|gmbh co kg|mbh|ag|kg|kgaa|ohg|ug|se|eg|'
    'sa|s a|sas|s a s|sasu|sarl|s a r l|srl|s r l|spa|s p a|sl|s l|slu|ltda|lda|sab de cv|sa de cv|s a de c v|'
    'bv|b v|nv|n v|bvba|ab|as|a s|asa|aps|oy|oyj|sp z o o|spolka z o o|sro|s r o|doo|d o o|kft|zrt|ehf|'
    'kk|k k|sdn bhd|bhd|tbk|ooo|ооо|оао|зао|пао|ао';
end;
$$;
comment on function lead_bot.legal_forms is
  'The legal forms that companies add to their name (Inc., GmbH), as lead_bot.normal_name returns them and as a regular expression.';
revoke all on function lead_bot.legal_forms from public;
