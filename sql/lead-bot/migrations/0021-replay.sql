-- What `/lead tune` replays: the figures with which an alert opened, and the weekly pictures in a form that a year of
-- them can be read in a second. What is older lacks them, and is said to be unknown.

alter table lead_bot.alerts add column opened_figures smallint[];
comment on column lead_bot.alerts.opened_figures is
  'The company, usage, expansion, champion and timing score of the lead that opened it; null if one was not known.';

alter table lead_bot.lead_pictures
  add column account_hash bigint,
  add column hot boolean,
  add column score int,
  add column figures smallint[];
comment on column lead_bot.lead_pictures.account_hash is
  'hashtextextended of the account, without its name. In its order, the first pictures are those of a random sample of companies. Null without a company.';
comment on column lead_bot.lead_pictures.figures is
  'The company, usage, expansion, champion and timing score; null if one of them was not known.';
-- Read alone, without the table: a year of pictures of 100,000 leads is 3 GB.
create index lead_pictures_by_account on lead_bot.lead_pictures (account_hash, taken_at) include (hot, score, figures)
  where account_hash is not null;

-- It takes a filter now.
drop function if exists public.lead_bot_list(text, int, int, text, uuid, text[]);
