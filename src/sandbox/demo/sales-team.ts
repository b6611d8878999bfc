import { type MemberOption, memberWithDefaults, PEOPLE, TEAM } from '../slack/defaults.ts';
import type { UserGroup } from '../slack/local-slack.ts';
import type { Tip } from '../slack/protocol.ts';

const [ALICE, BEN, CHLOE] = ['U0ALICE', 'U0BEN', 'U0CHLOE'] as const;
const MONA: MemberOption = {
  id: 'U0MONA',
  name: 'mona',
  realName: 'Mona Weiss',
  title: 'Sales Manager',
};

/**
 * Three account executives and their manager, all in this machine's time zone: the page shows times in the browser's,
 * whoever one plays.
 */
export const SALES_TEAM: readonly MemberOption[] = [...PEOPLE, MONA].map((person) => ({
  ...person,
  tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
}));

/** The account executives. */
export const ROTATION: UserGroup = {
  id: 'S0ACCOUNTEXECS',
  handle: 'account-execs',
  users: [ALICE, BEN, CHLOE],
};

/** Whose lead it is, and until when. Somebody is at work whenever the demo runs, and a first call ends while one watches. */
export const TEAM_SETTINGS = {
  MANAGERS: MONA.id,
  ROTATION: ROTATION.id,
  FIRST_CALL: '2m',
  WORKING_HOURS: 'Mon-Sun 00:00-24:00',
  ON_DUTY: ALICE,
  CLAIM_WITHIN: '2h',
  CONTACT_WITHIN: '8h',
  FOLLOW_UP_AFTER: '14d',
} as const;

const emailOf = (id: string): string => {
  const person = SALES_TEAM.find((one) => one.id === id);
  if (person === undefined) throw new Error(`There is no ${id} in the sales team`);
  return memberWithDefaults(person, TEAM).email;
};

/**
 * Two accounts have an owner, in a column appended to `lead_dashboard`; the other leads go to the rotation. Chloe is
 * away, and Ben covers for her.
 */
export const TEAM_SQL = `
  create table public.account_owners (company_domain text primary key, owner_email text not null);
  alter table public.account_owners enable row level security;
  insert into public.account_owners values
    ('homefront.tech', '${emailOf(BEN)}'),
    ('medisync.health', '${emailOf(CHLOE)}');
  do $$
  begin
    execute format(
      'create or replace view public.lead_dashboard with (security_invoker = on) as
       select v.*, o.owner_email
         from (%s) v
         left join public.account_owners o on o.company_domain = v.company_domain',
      rtrim(pg_get_viewdef('public.lead_dashboard'), ';'));
  end;
  $$;
  select public.lead_bot_set_away('${CHLOE}', date_trunc('day', now()) + interval '3 days', '${BEN}');`;

/** What the guide leaves out. */
export const TIPS: readonly Tip[] = [
  {
    what: 'Pass',
    how: 'At the start Alice has first call on VelocityPay for two minutes, then anyone can claim it. (By default 30 minutes of working time.) Her direct message also has Pass, which gives first call to Ben.',
  },
  {
    what: 'Keep, or give back',
    how: 'Who gets a lead from a colleague is asked in a direct message.',
  },
  {
    what: 'Snooze, or not a fit',
    how: 'In the ⋯ menu of a card. It folds and says until when, and why.',
  },
  {
    what: 'Undo',
    how: 'Each of these is confirmed to you alone, with a button that takes it back for ten minutes. On Home it is the first line.',
  },
  {
    what: 'Look up from anywhere',
    how: 'The ⚡ beside the text looks up a company. Write velocitypay.io in a message, and the ⋯ beside that message looks up all companies in it. Or write @lead-alerts velocitypay.io.',
  },
  {
    what: 'Only some leads',
    how: 'Type /lead hot financial, /lead hot >500 or /lead mine late.',
  },
  {
    what: 'Be away',
    how: 'Type /lead away until Monday cover @ben, and /lead back. Chloe is away and Ben covers for her: make MediSync, her account, turn hot.',
  },
  {
    what: 'Let it wait longer',
    how: 'After four hours without a claim Mona gets a direct message. Who claims a lead is warned after six hours, and loses it two hours later.',
  },
  {
    what: 'Be the manager',
    how: 'Mona may work on any lead as if it were hers.',
  },
];
