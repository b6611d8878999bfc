import { z } from 'zod';
import { leadId } from './leads.ts';
import type { Pipeline } from './pipeline.ts';
import { LEADS } from './scenario.ts';

const messageRow = z.object({
  id: z.string(),
  kind: z.enum(['card', 'rollup', 'digest', 'notice', 'dm']),
  alert_id: z.string().nullable(),
  parent_id: z.string().nullable(),
  channel: z.string(),
  dedupe_key: z.string(),
  created_at: z.string(),
  posted_at: z.string().nullable(),
  state: z.enum(['pending', 'unclear', 'posted', 'gone', 'dead']),
  slack_channel: z.string().nullable(),
  slack_ts: z.string().nullable(),
  last_error: z.string().nullable(),
  removal: z.string().nullable(),
  alerts: z.array(z.string()),
  json: z.record(z.string(), z.unknown()),
});

const alertRow = z.object({
  id: z.string(),
  account_key: z.string(),
  status: z.enum(['open', 'claimed', 'contacted', 'cooled', 'merged']),
  merged_into: z.string().nullable(),
  owner: z.string().nullable(),
  closed_at: z.string().nullable(),
  score: z.number().nullable(),
  opened_at: z.string(),
  cooling_since: z.string().nullable(),
  told_cold_at: z.string().nullable(),
  hold: z.enum(['snoozed', 'not-a-fit']).nullable(),
  hold_by: z.string().nullable(),
  held_at: z.string().nullable(),
  hold_until: z.string().nullable(),
  hold_score: z.number().nullable(),
  outcome: z.string().nullable(),
  touches: z.number(),
  waits_since: z.string(),
  keeps: z.number(),
  members: z.array(
    z.object({
      developer_id: z.string(),
      entered_at: z.string(),
      left_at: z.string().nullable(),
      active: z.boolean(),
    }),
  ),
  from_first_poll: z.boolean(),
  /** In the order in which they were made. */
  offers: z.array(
    z.object({
      holder: z.string(),
      until: z.string(),
      ended: z.enum(['claimed', 'passed', 'lapsed', 'withdrawn']).nullable(),
      ended_at: z.string().nullable(),
      /** Whether its holder was away when it ended. */
      while_away: z.boolean(),
    }),
  ),
  events: z.array(
    z.object({
      at: z.string(),
      kind: z.string(),
      developer_id: z.string().nullable(),
      actor: z.string().nullable(),
      target: z.string().nullable(),
      detail: z.string().nullable(),
      from_status: z.string().nullable(),
      to_status: z.string(),
    }),
  ),
});

const stepRow = z.object({
  alert_id: z.string(),
  kind: z.string(),
  period: z.string(),
  at: z.string(),
});

export const tables = z.object({
  messages: z.array(messageRow),
  alerts: z.array(alertRow),
  /** In the order in which they were taken. */
  steps: z.array(stepRow),
  /** Messages with work left. */
  unfinished: z.array(z.string()),
  /** Messages that wait for their reader's working hours. */
  waiting: z.array(z.string()),
  /** Messages the deliverer will take. */
  due: z.array(z.string()),
  marks: z.number(),
  /** Number of recorded crossings per lead. */
  crossings: z.record(z.string(), z.number()),
});

export type Message = z.infer<typeof messageRow>;
export type AlertRow = z.infer<typeof alertRow>;
export type StepRow = z.infer<typeof stepRow>;

/** A run doesn't end before what is to be done so soon. */
export const SOON_MS = 30 * 60_000;

/** Everything the invariants look at. */
export const TABLES = `
  select jsonb_build_object(
    'messages', (select coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object(
        'alerts', (select coalesce(jsonb_agg(s.alert_id), '[]') from lead_bot.message_alerts s
                    where s.message_id = m.id),
        'json', (select r.message from lead_bot.messages_json(array[m.id]) r)
          || jsonb_build_object('attempts', m.attempts, 'attempted_at', m.attempted_at)
      ) order by m.created_at), '[]') from lead_bot.messages m where m.kind <> 'home'),
    'alerts', (select coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object(
        'members', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from lead_bot.alert_leads m
                     where m.alert_id = a.id),
        'from_first_poll', not exists (
          select from lead_bot.poll_state s where s.first_poll_at < a.opened_at),
        'offers', (select coalesce(jsonb_agg(to_jsonb(o) || jsonb_build_object('while_away', exists (
                      select from lead_bot.away w
                       where w.person = o.holder and o.ended_at between w.since and w.until
                    )) order by o.made_at), '[]') from lead_bot.offers o
                    where o.alert_id = a.id),
        'events', (select jsonb_agg(to_jsonb(e) order by e.id) from lead_bot.alert_events e
                    where e.alert_id = a.id)
      ) order by a.opened_at), '[]') from lead_bot.alerts a),
    'steps', (select coalesce(jsonb_agg(to_jsonb(s) order by s.at), '[]') from lead_bot.steps s),
    'unfinished', (select coalesce(jsonb_agg(m.id), '[]') from lead_bot.messages m
       where m.kind <> 'home'
         and (m.state in ('pending', 'unclear')
              or m.state = 'posted' and (m.wanted_version > m.shown_version or m.redraw_at is not null
                                         or m.recheck_at is not null))),
    'waiting', (select coalesce(jsonb_agg(m.id), '[]') from lead_bot.messages m
       where m.state = 'pending' and m.attempts = 0 and m.last_error is null
         and m.next_try_at > sim.now() + interval '${SOON_MS} milliseconds'),
    'due', (select coalesce(jsonb_agg(m.id), '[]') from lead_bot.messages m
       where m.due_at is not null and m.kind <> 'home'),
    'marks', (select count(*) from lead_bot.lead_marks),
    'crossings', (select coalesce(jsonb_object_agg(c.developer_id, c.count), '{}') from (
        select x.developer_id, count(*) from lead_bot.crossings x group by 1) c)
  ) as tables`;

/** The leads shown by an alert. */
export const leadsShownBy = ({ account_key, members }: AlertRow, pipeline: Pipeline): number[] =>
  LEADS.filter(
    (lead) =>
      pipeline.accountOf(lead) === account_key ||
      members.some((one) => one.developer_id === leadId(lead)),
  );
