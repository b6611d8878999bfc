import { doBlock, reportChange } from './step.ts';

/** Makes the table match the list, but for rows that are `by_hand`. */
export const syncMailProviders = (domains: readonly string[]): string =>
  doBlock(`declare
  v_domains text[] := string_to_array('${domains.join(' ')}', ' ');
begin
  if to_regclass('lead_bot.mail_providers') is null then
    return;
  end if;
  if not exists (
    (select d.domain from unnest(v_domains) d (domain)
     except select p.domain from lead_bot.mail_providers p)
    union all
    (select p.domain from lead_bot.mail_providers p where not p.by_hand
     except select d.domain from unnest(v_domains) d (domain))
  ) then
    return;
  end if;
  delete from lead_bot.mail_providers p
   using (select k.domain from lead_bot.mail_providers k except select d.domain from unnest(v_domains) d (domain)) gone
   where p.domain = gone.domain and not p.by_hand;
  insert into lead_bot.mail_providers (domain, by_hand)
  select d.domain, false from unnest(v_domains) d (domain)
  on conflict do nothing;
  ${reportChange('providers')}
end`);
