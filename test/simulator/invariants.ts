import type { QueryResultRow } from 'pg';
import { z } from 'zod';
import type { Database } from '../../src/adapters/supabase-client.ts';
import { supabaseOutbox } from '../../src/adapters/supabase-outbox.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import { renderMessage } from '../../src/jobs/render-message.ts';
import {
  checkCold,
  checkHistory,
  checkHold,
  checkOffers,
  checkReplies,
  ownerAt,
} from './gesture-invariants.ts';
import type { Gestures } from './gestures.ts';
import { emailOf, leadId } from './leads.ts';
import type { Nudge } from './nudges.ts';
import type { Pipeline } from './pipeline.ts';
import { DIGEST_CHANNEL, TIME_ZONE } from './replica.ts';
import { LEADS } from './scenario.ts';
import type { SlackModel } from './slack-model.ts';
import { checkSteps } from './step-invariants.ts';
import { type AlertRow, leadsShownBy, type Message, TABLES, tables } from './tables.ts';

export interface Evidence {
  read: (text: string) => Promise<QueryResultRow[]>;
  slack: SlackModel;
  gestures: Gestures;
  pipeline: Pipeline;
  firstRun: PollPolicy['firstRun'];
  /** When the last successful poll began. */
  polledAt: number;
  /** What the bots told people by themselves. */
  told: readonly Nudge[];
}

/** Checks all invariants once everything is quiet, and describes the violations. */
export async function findViolations({
  read,
  slack,
  gestures,
  pipeline,
  firstRun,
  polledAt,
  told,
}: Evidence): Promise<string[]> {
  const [row] = await read(TABLES);
  const { messages, alerts, steps, unfinished, waiting, due, marks, crossings } = tables.parse(
    row?.['tables'],
  );
  const found = [...checkLeads(alerts, pipeline), ...checkCrossings(alerts, crossings, pipeline)];
  if (marks > 0) found.push(`stuck: ${marks} marks are left`);
  for (const id of due) {
    if (!unfinished.includes(id)) found.push(`${name(messages, id)} is due without any work`);
  }
  for (const id of unfinished) {
    if (!waiting.includes(id)) found.push(`stuck: ${name(messages, id)} is not up to date`);
  }
  for (const message of messages.filter(({ id }) => !waiting.includes(id)))
    found.push(...checkMessage(message, messages, slack));
  for (const { messageId, address } of slack.messages) {
    if (messages.every(({ id }) => id !== messageId)) {
      found.push(`the message at ${address.channel} ${address.ts} has no row`);
    }
  }
  // What was removed because nothing called for it any more counts as not told, and so does a direct message that may
  // have arrived where the bot can't look: its reader is mentioned in the thread.
  const over = new Set(
    messages
      .filter((one) => one.state === 'gone' && (one.removal === 'undone' || isRefused(one)))
      .map(({ id }) => id),
  );
  const stayed = told.filter(({ messageId }) => !over.has(messageId));
  for (const alert of alerts) {
    found.push(
      ...checkCard(alert, messages, slack, firstRun),
      ...checkHistory(alert, alerts, gestures.all, steps, told),
      ...checkSteps(alert, steps, stayed),
      ...checkHold(alert, alerts, gestures.all, pipeline, polledAt),
      ...checkCold(alert, polledAt),
      ...checkOffers(alert, polledAt),
      ...checkReplies(alert, messages, pipeline),
      ...checkLeaving(alert, pipeline),
      ...checkMerging(alert, alerts, messages, slack),
      ...checkActiveLeads(alert, pipeline),
    );
  }
  const kept = messages.filter(
    (one) =>
      one.state === 'posted' &&
      !isRefused(one) &&
      slack.copiesOf(one.id).length <= 1 &&
      isKeptCurrent(one, messages, alerts, pipeline, polledAt),
  );
  found.push(...(await checkContent(kept, slack)), ...checkDigests(messages));
  return found;
}

/** Every hot lead is in an open alert of its account, and no other lead is. */
function checkLeads(alerts: readonly AlertRow[], pipeline: Pipeline): string[] {
  const open = alerts.filter((one) => one.closed_at === null);
  const found: string[] = [];
  for (const lead of LEADS) {
    const account = pipeline.accountOf(lead);
    const hot = pipeline.isHot(lead) && account !== null;
    const containing = open.filter(({ members }) =>
      members.some((one) => one.developer_id === leadId(lead) && one.left_at === null),
    );
    if (hot !== containing.length > 0) {
      found.push(
        `lost: ${emailOf(lead)} is ${hot ? 'hot but in no' : 'not hot but in an'} open alert`,
      );
    }
    for (const { account_key } of containing.filter((one) => hot && one.account_key !== account)) {
      found.push(`${emailOf(lead)} of ${account} is in an alert of ${account_key}`);
    }
  }
  return found;
}

/** Merged alerts: a claim survives, an AE who loses one is notified, and the old card says where it went. */
function checkMerging(
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
  // Perhaps of another one of theirs, into which it had been merged before.
  const isTold = alerts.some(
    (one) =>
      one.merged_into === merged_into &&
      one.owner === owner &&
      messages.some(({ dedupe_key }) => dedupe_key === `merged:${one.id}`),
  );
  if (owner !== null) {
    const holder = kept === undefined ? null : ownerAt(kept, mergedAt);
    if (holder === null) {
      found.push(`lost: ${alert} was claimed, but the alert it merged into was not`);
    } else if (holder !== owner && !isTold) {
      found.push(`lost: ${owner} was not notified that ${holder} now owns ${alert}`);
    }
  }
  const card = messages.find(({ dedupe_key }) => dedupe_key === `card:${id}`);
  const [only] = card === undefined ? [] : slack.copiesOf(card.id);
  // The plain text version of the card continues after this.
  if (only !== undefined && !only.drawing.text.includes('is now on another card.')) {
    found.push(`stale: the card of ${alert} does not say where it went`);
  }
  return found;
}

/** Each crossing into hot is recorded at most once, and every member of an alert has one. */
function checkCrossings(
  alerts: readonly AlertRow[],
  crossings: Readonly<Record<string, number>>,
  pipeline: Pipeline,
): string[] {
  return LEADS.flatMap((lead) => {
    const id = leadId(lead);
    const written = crossings[id] ?? 0;
    const entered = alerts.some(({ members }) => members.some((one) => one.developer_id === id));
    if (written <= pipeline.hotScores(lead) && (written > 0 || !entered)) return [];
    return [`${emailOf(lead)} has ${written} crossings for ${pipeline.hotScores(lead)} hot scores`];
  });
}

/** An alert's leads are active while it is open, and its score is that of its best lead. */
function checkActiveLeads(
  { id, closed_at, score, members }: AlertRow,
  pipeline: Pipeline,
): string[] {
  const found: string[] = [];
  const alert = `alert ${id.slice(0, 4)}`;
  if (members.some(({ active }) => active !== (closed_at === null))) {
    found.push(
      `${alert} is ${closed_at === null ? 'open' : 'closed'}, but its leads say otherwise`,
    );
  }
  const hot = members.filter(({ left_at }) => left_at === null);
  const scores = LEADS.filter((lead) => hot.some((one) => one.developer_id === leadId(lead))).map(
    (lead) => pipeline.score(lead) ?? 0,
  );
  const best = Math.max(...scores);
  if (closed_at === null && hot.length > 0 && score !== best) {
    found.push(`${alert} has ${score} points, but its best lead has ${best}`);
  }
  return found;
}

/** How long lists in direct messages are kept current. */
const LISTS_ARE_CURRENT_MS = 18 * 3_600_000;
/** The longest a pipeline transaction stays open. */
const LONGEST_TRANSACTION_MS = 60_000;

/**
 * Whether a message must show the current state. Older digests need not, nor direct lists, nor lists with an alert that closed
 * before its company got new figures, which belong to the next alert.
 */
function isKeptCurrent(
  message: Message,
  messages: readonly Message[],
  alerts: readonly AlertRow[],
  pipeline: Pipeline,
  now: number,
): boolean {
  const all = alerts.filter((one) => message.alerts.includes(one.id));
  if (message.kind === 'dm' && message.alert_id === null) {
    if (Date.parse(message.posted_at ?? '') < now - LISTS_ARE_CURRENT_MS) return false;
  }
  // A closed card is not redrawn when its lead is deleted.
  if (message.kind !== 'rollup' && message.kind !== 'digest') {
    return all.every(
      (one) =>
        one.closed_at === null ||
        (!pipeline.anyDomainChanged &&
          !leadsShownBy(one, pipeline).some((lead) => pipeline.isDeleted(lead))),
    );
  }
  const newer = messages.slice(messages.indexOf(message) + 1);
  if (message.kind === 'digest' && newer.some((one) => one.kind === 'digest')) return false;
  return all.every((alert) => {
    if (alert.closed_at === null) return true;
    if (pipeline.anyDomainChanged) return false;
    const latest = Math.max(
      ...leadsShownBy(alert, pipeline).map((lead) => pipeline.changedAt(lead)),
    );
    return latest <= Date.parse(alert.closed_at) - LONGEST_TRANSACTION_MS;
  });
}

const REASONS_TO_LET_GO =
  /^(?:cooled before|superseded|its company has|too late|no longer applies|turned off by)/;
/** Of direct messages, whatever it is called. What must be known all the same is said in a thread. */
const REFUSALS =
  /^(?:search: )?(?:cannot_dm_bot|user_disabled|not_in_channel|is_archived|missing_scope)/;
const isRefused = ({ kind, last_error }: Message): boolean =>
  kind === 'dm' && REFUSALS.test(last_error ?? '');

function checkMessage(message: Message, all: readonly Message[], slack: SlackModel): string[] {
  const { id, state, channel, slack_ts, parent_id, removal } = message;
  const copies = slack.copiesOf(id);
  const what = name(all, id);
  if (copies.length > 1) {
    // While its reader can't be reached, neither can the second copy.
    const isOutOfReach = message.kind === 'dm' && slack.refusedIn.has(message.channel);
    return isOutOfReach ? [] : [`duplicated: ${copies.length} copies of ${what}`];
  }
  if (slack.deletedByUsers.has(id)) return [];
  const parent = all.find((one) => one.id === parent_id);
  const threadGone = parent !== undefined && slack.deletedByUsers.has(parent.id);
  if (state === 'posted') {
    if (removal !== null) return [`${what} is still in Slack, though it was ${removal}`];
    const [only] = copies;
    if (only === undefined) return threadGone ? [] : [`lost: ${what} is not in Slack`];
    if (only.address.channel !== channel || only.address.ts !== slack_ts) {
      return [`misplaced: ${what} is at ${only.address.channel} ${only.address.ts}`];
    }
    return only.threadTs === (parent?.slack_ts ?? null) ? [] : [`${what} is in another thread`];
  }
  const decided =
    state === 'gone' &&
    (removal === 'undone' ||
      REASONS_TO_LET_GO.test(message.last_error ?? parent?.last_error ?? '') ||
      isRefused(message));
  // Replies to a deleted message are not visible. A direct message whose post was unclear may stand where the bot is
  // no longer allowed to look.
  const isOutOfSight = isRefused(message) && message.last_error?.startsWith('search: ');
  if (copies.length > 0 && !threadGone && !isOutOfSight) {
    return [`${what} is in Slack but its state is ${state}`];
  }
  return decided || threadGone ? [] : [`lost: ${what} is ${state} (${message.last_error})`];
}

function checkCard(
  { id, closed_at, from_first_poll }: AlertRow,
  messages: readonly Message[],
  slack: SlackModel,
  firstRun: PollPolicy['firstRun'],
): string[] {
  const showing = messages.filter(
    (one) => (one.kind === 'card' || one.kind === 'rollup') && one.alerts.includes(id),
  );
  if (!from_first_poll && showing.some(isOfFirstRun)) {
    return [`alert ${id.slice(0, 4)} is new, but a roll-up says it was hot at the first run`];
  }
  if (closed_at !== null || (from_first_poll && firstRun === 'silent')) return [];
  const shown = showing.some((one) => one.state === 'posted' || slack.deletedByUsers.has(one.id));
  return shown ? [] : [`lost: open alert ${id.slice(0, 4)} is on no card`];
}

/** No lead leaves because of a table reload. */
function checkLeaving({ id, events }: AlertRow, pipeline: Pipeline): string[] {
  return events.flatMap(({ kind, at, developer_id }) => {
    const lead = LEADS.find((one) => leadId(one) === developer_id);
    if (kind !== 'left' || lead === undefined) return [];
    if (!pipeline.wasHot(lead, Date.parse(at)) || pipeline.wasOvertaken(lead)) return [];
    return [`alert ${id.slice(0, 4)}: ${emailOf(lead)} left while hot`];
  });
}

const isOfFirstRun = ({ kind, json }: Message): boolean =>
  kind === 'rollup' &&
  z.object({ reason: z.string() }).parse(json['payload']).reason === 'first-run';

/** Messages in Slack show the current state of the rows. */
async function checkContent(messages: readonly Message[], slack: SlackModel): Promise<string[]> {
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
    ...unreadable.map(({ messageId }) => `can't parse ${name(messages, messageId)}`),
    ...stale.map(({ messageId }) => `stale: ${name(messages, messageId)} shows an old state`),
  ];
}

function checkDigests(messages: readonly Message[]): string[] {
  const dates = messages
    .filter(({ kind }) => kind === 'digest')
    .map(({ json }) => z.object({ local_date: z.string() }).parse(json['payload']).local_date);
  const twice = dates.filter((date, index) => dates.indexOf(date) !== index);
  return twice.map((date) => `duplicated: the digest of ${DIGEST_CHANNEL} for ${date}`);
}

function name(messages: readonly Message[], id: string): string {
  const message = messages.find((one) => one.id === id);
  return `${message?.dedupe_key ?? 'message'} (${id.slice(0, 4)})`;
}
