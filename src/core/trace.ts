/** What happened around one lead, as the rows have it: no names of people, no text that anyone has typed. */
export interface Trace {
  accountKey: string;
  /** Ids of the developers asked for; empty for the whole company. */
  asked: readonly string[];
  /** When the first poll was over; null before. */
  watchingSince: Date | null;
  /** Newest first, at most five. */
  alerts: readonly TracedAlert[];
  /** How many more there are, up to 95. */
  olderAlerts: number;
  /** In order of time, at most 2,000. */
  entries: readonly TraceEntry[];
  /** Whether there are earlier entries. */
  more: boolean;
  /** What is still to be done, oldest first. */
  waiting: readonly Waiting[];
  /** Webhooks that are to be sent, in order. */
  webhooks: readonly WaitingWebhook[];
}

export interface TracedAlert {
  id: string;
  openedAt: Date;
  closedAt: Date | null;
  status: string;
  /** Slack user id. */
  owner: string | null;
  openedScore: number | null;
  /** What spoke for it when it opened: types of signals, separated by commas. Text from outside. */
  reasons: string | null;
  /** What the lead asked for; null for ALERT_CHANNEL. */
  channel: string | null;
  /** What the lead asked for in vain. Text from outside. */
  channelUnfit: string | null;
  coolingSince: Date | null;
  mergedInto: string | null;
  hold: string | null;
  holdUntil: Date | null;
  dueAt: Date | null;
  /** When the personal data of the alert was removed. */
  scrubbedAt: Date | null;
}

interface OfBot {
  /** Null if unknown. */
  bot: string | null;
}

interface OfMessage {
  messageId: string;
  message: string;
  /** What a reply or a direct message is about. */
  about: string | null;
  /** Of a direct message that isn't posted yet, its reader. */
  channel: string | null;
}

/** A lead turned hot. */
export interface Crossed {
  kind: 'crossing';
  developerId: string;
  before: number | null;
  score: number | null;
  fate: string;
}

/** A poll took notice of that. */
export interface Noticed extends OfBot {
  kind: 'noticed';
  developerId: string;
  since: Date;
}

/** A line of an alert's history. */
export interface Happened extends OfBot {
  kind: 'event';
  event: string;
  /** Slack user id; null for the bot itself. */
  actor: string | null;
  target: string | null;
  /** One word of the bot. */
  detail: string | null;
  developerId: string | null;
  until: Date | null;
}

/** The bot told the owner of news. */
export interface Stepped extends OfBot {
  kind: 'step';
  step: string;
}

export interface Queued extends OfMessage {
  kind: 'queued';
  /** It takes the place of one that Slack lets nobody edit. */
  replaces: boolean;
}

/** Slack confirmed that it shows the message. */
export interface Sent extends OfMessage, OfBot {
  kind: 'sent';
  /** Its first post, not an update. */
  isFirst: boolean;
  /** A search found it: the answer to the post had been lost. */
  found: boolean;
  ts: string | null;
  version: number | null;
  tries: number | null;
  /** When the bot began to draw what was sent. */
  takenAt: Date | null;
  /** Before it, these leases of the message ended without a report. */
  lostLeases: number;
  /** Updates before this one are no longer known. */
  afterGap: boolean;
}

/** The newest try to show or remove a message, if Slack hasn't confirmed it. */
export interface Tried extends OfMessage, OfBot {
  kind: 'tried';
  state: string;
  removal: string | null;
  tries: number;
  /** Searches that did not find it. */
  looks: number;
  /** Whether the bot is still at it. */
  isLeased: boolean;
  error: string | null;
}

/** A message that is to be posted, updated or removed. */
export interface Waiting extends OfMessage {
  alertId: string | null;
  state: string;
  removal: string | null;
  dueAt: Date;
  tries: number;
  /** Whether any bot has taken it yet. */
  isTaken: boolean;
}

/** A webhook was delivered, or given up after three days. */
export interface Reported extends OfBot {
  kind: 'webhook';
  type: string;
  /** Its number among those of its alert. */
  sequence: number;
  /** When what it reports happened. */
  since: Date;
  delivered: boolean;
  tries: number;
  error: string | null;
}

/** A webhook that is to be sent. */
export interface WaitingWebhook extends OfBot {
  alertId: string;
  type: string;
  sequence: number;
  tries: number;
  /** Null while one before it waits. */
  dueAt: Date | null;
  error: string | null;
}

export type TraceEntry = { at: Date; alertId: string | null } & (
  | Crossed
  | Noticed
  | Happened
  | Stepped
  | Queued
  | Sent
  | Tried
  | Reported
);

/** How long it took, in milliseconds. `by`: the bot that drew it; null if unknown. */
export interface Leg {
  ms: number;
  by: string | null;
}

/**
 * When a gesture or a change was drawn in the alert's card, or its row in a roll-up: by the first update that a bot
 * began after it. Null while there is none, and if such updates are no longer known.
 */
export function drawnAfter(
  trace: Trace,
  happened: { at: Date; alertId: string | null },
): Leg | null {
  for (const entry of trace.entries) {
    if (entry.kind !== 'sent' || entry.alertId !== happened.alertId || !isCard(entry)) continue;
    if (entry.takenAt === null || entry.takenAt < happened.at) continue;
    // What came before it may have shown it earlier.
    return entry.afterGap
      ? null
      : { ms: entry.at.getTime() - happened.at.getTime(), by: entry.bot };
  }
  return null;
}

export const isCard = ({ message }: { message: string }): boolean =>
  message === 'card' || message === 'rollup';

/** How long before a card was first posted its lead's score was written, and a poll took notice; null if unknown. */
export function waitedFor(
  trace: Trace,
  posted: { at: Date; alertId: string | null },
): { scoreMs: number | null; noticeMs: number | null } {
  let crossedAt: Date | null = null;
  let noticedAt: Date | null = null;
  for (const entry of trace.entries) {
    if (entry.alertId !== posted.alertId || entry.at > posted.at) continue;
    if (entry.kind === 'crossing') crossedAt ??= entry.at;
    else if (entry.kind === 'event' && entry.event === 'opened') noticedAt ??= entry.at;
  }
  const since = (at: Date | null) => (at === null ? null : posted.at.getTime() - at.getTime());
  return { scoreMs: since(crossedAt), noticeMs: since(noticedAt) };
}
