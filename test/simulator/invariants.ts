import type { QueryResultRow } from 'pg';
import { z } from 'zod';
import type { Database } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import type { Gestures, Press } from './gestures.ts';
import { emailOf, leadId } from './leads.ts';
import type { Pipeline } from './pipeline.ts';
import { DIGEST_CHANNEL, TIME_ZONE } from './replica.ts';
import { LEADS } from './scenario.ts';
import type { SlackModel } from './slack-model.ts';

export interface Evidence {
  read: (text: string) => Promise<QueryResultRow[]>;
  slack: SlackModel;
  gestures: Gestures;
  pipeline: Pipeline;
  firstRun: PollPolicy['firstRun'];
}

const messageRow = z.object({
  id: z.string(),
  kind: z.enum(['card', 'rollup', 'digest', 'notice']),
  alert_id: z.string().nullable(),
  parent_id: z.string().nullable(),
  channel: z.string(),
  dedupe_key: z.string(),
  state: z.enum(['pending', 'unclear', 'posted', 'gone', 'dead']),
  slack_channel: z.string().nullable(),
  slack_ts: z.string().nullable(),
  last_error: z.string().nullable(),
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
  members: z.array(
    z.object({ developer_id: z.string(), left_at: z.string().nullable(), active: z.boolean() }),
  ),
  from_first_poll: z.boolean(),
  events: z.array(
    z.object({
      at: z.string(),
      kind: z.string(),
      developer_id: z.string().nullable(),
      actor: z.string().nullable(),
      from_status: z.string().nullable(),
      to_status: z.string(),
    }),
  ),
});

const tables = z.object({
  messages: z.array(messageRow),
  alerts: z.array(alertRow),
  /** Work that nobody will do. */
  unfinished: z.array(z.string()),
  /** Work of which the deliverer knows. */
  due: z.array(z.string()),
  marks: z.number(),
  /** How often each lead is written down to have become hot. */
  crossings: z.record(z.string(), z.number()),
});

type Message = z.infer<typeof messageRow>;
type AlertRow = z.infer<typeof alertRow>;

const TABLES = `
  select jsonb_build_object(
    'messages', (select coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object(
        'alerts', (select coalesce(jsonb_agg(s.alert_id), '[]') from lead_bot.message_alerts s
                    where s.message_id = m.id),
        'json', (select r.message from lead_bot.messages_json(array[m.id]) r)
          || jsonb_build_object('attempts', m.attempts, 'attempted_at', m.attempted_at)
      ) order by m.created_at), '[]') from lead_bot.messages m),
    'alerts', (select coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object(
        'members', (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from lead_bot.alert_leads m
                     where m.alert_id = a.id),
        'from_first_poll', not exists (
          select from lead_bot.poll_state s where s.first_poll_at < a.opened_at),
        'events', (select jsonb_agg(to_jsonb(e) order by e.id) from lead_bot.alert_events e
                    where e.alert_id = a.id)
      ) order by a.opened_at), '[]') from lead_bot.alerts a),
    'unfinished', (select coalesce(jsonb_agg(m.id), '[]') from lead_bot.messages m
       where m.state in ('pending', 'unclear')
          or m.state = 'posted' and (m.wanted_version > m.shown_version or m.redraw_at is not null
                                     or m.recheck_at is not null)),
    'due', (select coalesce(jsonb_agg(m.id), '[]') from lead_bot.messages m where m.due_at is not null),
    'marks', (select count(*) from lead_bot.lead_marks),
    'crossings', (select coalesce(jsonb_object_agg(c.developer_id, c.count), '{}') from (
        select x.developer_id, count(*) from lead_bot.crossings x group by 1) c)
  ) as tables`;

/** What must never be when all is quiet: each is told in words. */
export async function violationsOf({
  read,
  slack,
  gestures,
  pipeline,
  firstRun,
}: Evidence): Promise<string[]> {
  const [row] = await read(TABLES);
  const { messages, alerts, unfinished, due, marks, crossings } = tables.parse(row?.['tables']);
  const found = [...ofLeads(alerts, pipeline), ...ofCrossings(alerts, crossings, pipeline)];
  if (marks > 0) found.push(`stuck: ${marks} marks are still there`);
  for (const id of due) {
    if (!unfinished.includes(id)) found.push(`${name(messages, id)} is due, and has nothing to do`);
  }
  for (const id of unfinished) found.push(`stuck: ${name(messages, id)} is still to be shown`);
  for (const message of messages) found.push(...ofMessage(message, messages, slack));
  for (const { messageId, address } of slack.standing) {
    if (messages.every(({ id }) => id !== messageId)) {
      found.push(`nobody wanted what stands at ${address.channel} ${address.ts}`);
    }
  }
  for (const alert of alerts) {
    found.push(
      ...ofCard(alert, messages, slack, firstRun),
      ...ofHistory(alert, gestures.all),
      ...ofLeaving(alert, pipeline),
      ...ofMerging(alert, alerts, messages, slack),
      ...ofStanding(alert, pipeline),
    );
  }
  const kept = messages.filter(
    (one) => one.state === 'posted' && isKept(one, messages, alerts, pipeline),
  );
  found.push(...(await ofDrawings(kept, slack)), ...ofDigests(messages));
  return found;
}

/** Hot leads that no open alert has, and members of open alerts that are not what they are. */
function ofLeads(alerts: readonly AlertRow[], pipeline: Pipeline): string[] {
  const open = alerts.filter((one) => one.closed_at === null);
  const found: string[] = [];
  for (const lead of LEADS) {
    const account = pipeline.accountOf(lead);
    const hot = pipeline.isHot(lead) && account !== null;
    const saying = open.filter(({ members }) =>
      members.some((one) => one.developer_id === leadId(lead) && one.left_at === null),
    );
    if (hot !== saying.length > 0) {
      found.push(`lost: ${emailOf(lead)} is ${hot ? '' : 'not '}hot, and no open alert says so`);
    }
    for (const { account_key } of saying.filter((one) => hot && one.account_key !== account)) {
      found.push(`${emailOf(lead)} of ${account} is in an alert of ${account_key}`);
    }
  }
  return found;
}

/** One company has one card, and of two that were claimed nobody loses the claim without being told. */
function ofMerging(
  { id, merged_into, owner, events }: AlertRow,
  alerts: readonly AlertRow[],
  messages: readonly Message[],
  slack: SlackModel,
): string[] {
  if (merged_into === null) return [];
  const alert = `alert ${id.slice(0, 4)}`;
  const kept = alerts.find((one) => one.id === merged_into);
  const mergedAt = events.find(({ kind }) => kind === 'merged')?.at ?? '';
  const found: string[] = [];
  if (owner !== null) {
    const claims = (kept?.events ?? []).filter(({ at }) => at <= mergedAt);
    const holder = claims.findLast(({ kind }) => kind === 'claimed' || kind === 'released');
    if (holder?.kind !== 'claimed') {
      found.push(`lost: ${alert} was claimed, and the one that took it in was not`);
    } else if (
      holder.actor !== owner &&
      messages.every(({ dedupe_key }) => dedupe_key !== `merged:${id}`)
    ) {
      found.push(`lost: nobody told ${owner} that ${alert} is of ${holder.actor} now`);
    }
  }
  const card = messages.find(({ dedupe_key }) => dedupe_key === `card:${id}`);
  const [only] = card === undefined ? [] : slack.copiesOf(card.id);
  // A card that Slack takes as text alone has more after it.
  if (only !== undefined && !only.drawing.text.includes('is now on another card.')) {
    found.push(`stale: the card of ${alert} does not say where it went`);
  }
  return found;
}

/** Each crossing into hot is written down once, and each member of an alert has crossed. */
function ofCrossings(
  alerts: readonly AlertRow[],
  crossings: Readonly<Record<string, number>>,
  pipeline: Pipeline,
): string[] {
  return LEADS.flatMap((lead) => {
    const id = leadId(lead);
    const written = crossings[id] ?? 0;
    const entered = alerts.some(({ members }) => members.some((one) => one.developer_id === id));
    if (written <= pipeline.hotScores(lead) && (written > 0 || !entered)) return [];
    return [
      `${emailOf(lead)} has ${written} crossings into hot, of ${pipeline.hotScores(lead)} hot scores`,
    ];
  });
}

/** What lists sort by, and what tells open alerts from closed ones. */
function ofStanding({ id, closed_at, score, members }: AlertRow, pipeline: Pipeline): string[] {
  const found: string[] = [];
  const alert = `alert ${id.slice(0, 4)}`;
  if (members.some(({ active }) => active !== (closed_at === null))) {
    found.push(`${alert} is ${closed_at === null ? 'open' : 'closed'}, its leads say otherwise`);
  }
  const hot = members.filter(({ left_at }) => left_at === null);
  const scores = LEADS.filter((lead) => hot.some((one) => one.developer_id === leadId(lead))).map(
    (lead) => pipeline.score(lead) ?? 0,
  );
  const best = Math.max(...scores);
  if (closed_at === null && hot.length > 0 && score !== best) {
    found.push(`${alert} has ${score} points, its best lead ${best}`);
  }
  return found;
}

/** A transaction of the pipeline is open for so long at the most. */
const LONGEST_TRANSACTION_MS = 60_000;

/**
 * Not so are digests but for the newest of a channel, and lists with an alert that was over when somebody
 * of its company got new figures: those are of the next alert.
 */
function isKept(
  message: Message,
  messages: readonly Message[],
  alerts: readonly AlertRow[],
  pipeline: Pipeline,
): boolean {
  const all = alerts.filter((one) => message.alerts.includes(one.id));
  // A card that is over is not drawn again when its lead is deleted.
  if (message.kind !== 'rollup' && message.kind !== 'digest') {
    return all.every(
      (one) =>
        one.closed_at === null ||
        (!pipeline.anyMoved &&
          !concernedBy(one, pipeline).some((lead) => pipeline.isDeleted(lead))),
    );
  }
  const newer = messages.slice(messages.indexOf(message) + 1);
  if (message.kind === 'digest' && newer.some((one) => one.kind === 'digest')) return false;
  return all.every((alert) => {
    if (alert.closed_at === null) return true;
    if (pipeline.anyMoved) return false;
    const latest = Math.max(
      ...concernedBy(alert, pipeline).map((lead) => pipeline.changedAt(lead)),
    );
    return latest <= Date.parse(alert.closed_at) - LONGEST_TRANSACTION_MS;
  });
}

/** The leads that an alert shows. */
const concernedBy = ({ account_key, members }: AlertRow, pipeline: Pipeline): number[] =>
  LEADS.filter(
    (lead) =>
      pipeline.accountOf(lead) === account_key ||
      members.some((one) => one.developer_id === leadId(lead)),
  );

function ofMessage(message: Message, all: readonly Message[], slack: SlackModel): string[] {
  const { id, state, channel, slack_ts, parent_id } = message;
  const copies = slack.copiesOf(id);
  const what = name(all, id);
  if (copies.length > 1) return [`doubled: ${copies.length} copies of ${what}`];
  if (slack.deletedByPeople.has(id)) return [];
  const parent = all.find((one) => one.id === parent_id);
  const threadGone = parent !== undefined && slack.deletedByPeople.has(parent.id);
  if (state === 'posted') {
    const [only] = copies;
    if (only === undefined) return threadGone ? [] : [`lost: ${what} does not stand in Slack`];
    if (only.address.channel !== channel || only.address.ts !== slack_ts) {
      return [`misplaced: ${what} stands at ${only.address.channel} ${only.address.ts}`];
    }
    return only.threadTs === (parent?.slack_ts ?? null) ? [] : [`${what} is in another thread`];
  }
  const decided =
    state === 'gone' &&
    /^(?:cooled before|superseded|its company has)/.test(
      message.last_error ?? parent?.last_error ?? '',
    );
  // Nobody sees what stands below a message that a person has deleted.
  if (copies.length > 0 && !threadGone) return [`${what} stands in Slack and is ${state}`];
  return decided || threadGone ? [] : [`lost: ${what} is ${state} (${message.last_error})`];
}

function ofCard(
  { id, closed_at, from_first_poll }: AlertRow,
  messages: readonly Message[],
  slack: SlackModel,
  firstRun: PollPolicy['firstRun'],
): string[] {
  const showing = messages.filter(
    (one) => (one.kind === 'card' || one.kind === 'rollup') && one.alerts.includes(id),
  );
  if (!from_first_poll && showing.some(isOfFirstRun)) {
    return [`the alert ${id.slice(0, 4)} is news, and a roll-up says it was hot at the first run`];
  }
  if (closed_at !== null || (from_first_poll && firstRun === 'silent')) return [];
  const shown = showing.some((one) => one.state === 'posted' || slack.deletedByPeople.has(one.id));
  return shown ? [] : [`lost: the open alert ${id.slice(0, 4)} is on no card`];
}

/** Nobody has left because a table was loaded again. */
function ofLeaving({ id, events }: AlertRow, pipeline: Pipeline): string[] {
  return events.flatMap(({ kind, at, developer_id }) => {
    const lead = LEADS.find((one) => leadId(one) === developer_id);
    if (kind !== 'left' || lead === undefined) return [];
    if (!pipeline.wasHot(lead, Date.parse(at))) return [];
    return [`alert ${id.slice(0, 4)}: ${emailOf(lead)} is said to have left, and was hot`];
  });
}

const isOfFirstRun = ({ kind, json }: Message): boolean =>
  kind === 'rollup' &&
  z.object({ reason: z.string() }).parse(json['payload']).reason === 'first-run';

/** The steps of an alert follow one from another, and from what people pressed. */
function ofHistory({ id, status, owner, events }: AlertRow, presses: readonly Press[]): string[] {
  const found: string[] = [];
  const alert = `alert ${id.slice(0, 4)}`;
  let now: string | null = null;
  let holder: string | null = null;
  for (const { kind, actor, from_status, to_status } of events) {
    if (from_status !== now) found.push(`${alert}: ${kind} from ${from_status}, which was ${now}`);
    if (kind === 'claimed' && holder !== null) found.push(`two winners of ${alert}`);
    if (kind === 'claimed') holder = actor;
    if (kind === 'released') holder = null;
    now = to_status;
  }
  if (now !== status || holder !== owner) {
    found.push(`${alert} is ${status} of ${owner}, its history says ${now} of ${holder}`);
  }
  for (const [gesture, kind] of [
    ['claim', 'claimed'],
    ['release', 'released'],
    ['contact', 'contacted'],
  ] as const) {
    const pressed = presses.filter((one) => one.alertId === id && one.gesture === gesture);
    for (const user of new Set([
      ...pressed.map((one) => one.user),
      ...events.map((e) => e.actor),
    ])) {
      if (user === null) continue;
      const mine = pressed.filter((one) => one.user === user);
      const acknowledged = mine.filter(({ result }) => result?.ok).length;
      const possible = mine.filter(({ result }) => result === null || result.ok).length;
      const written = events.filter((one) => one.kind === kind && one.actor === user).length;
      if (written < acknowledged) {
        found.push(
          `lost: ${gesture} of ${user} on ${alert}, told ${acknowledged}, kept ${written}`,
        );
      }
      if (written > possible) found.push(`${gesture} of ${user} on ${alert} that was not pressed`);
    }
  }
  return found;
}

/** What stands shows what the rows say now. */
async function ofDrawings(messages: readonly Message[], slack: SlackModel): Promise<string[]> {
  const rows = messages.map(({ id, json }) => ({
    ...json,
    action: 'post',
    token: id,
    shown_hash: null,
  }));
  const asTaken: Database = {
    call: async (_name, _args, answer) => answer.parse({ work: rows, next_due_ms: null }),
  };
  const { deliveries, unreadable } = await supabaseOutbox(asTaken).take(rows.length, 0);
  const stale = deliveries.filter(({ messageId, content, plain }) => {
    const [only] = slack.copiesOf(messageId);
    if (only === undefined) return false;
    const { text, blocks } = renderMessage(content, plain, TIME_ZONE);
    return (
      JSON.stringify([text, blocks]) !== JSON.stringify([only.drawing.text, only.drawing.blocks])
    );
  });
  return [
    ...unreadable.map(({ messageId }) => `${name(messages, messageId)} can't be read`),
    ...stale.map(({ messageId }) => `stale: ${name(messages, messageId)} shows an old state`),
  ];
}

function ofDigests(messages: readonly Message[]): string[] {
  const dates = messages
    .filter(({ kind }) => kind === 'digest')
    .map(({ json }) => z.object({ local_date: z.string() }).parse(json['payload']).local_date);
  const twice = dates.filter((date, index) => dates.indexOf(date) !== index);
  return twice.map((date) => `doubled: the digest of ${DIGEST_CHANNEL} for ${date}`);
}

function name(messages: readonly Message[], id: string): string {
  const message = messages.find((one) => one.id === id);
  return `${message?.dedupe_key ?? 'message'} (${id.slice(0, 4)})`;
}
