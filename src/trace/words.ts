import {
  drawnAfter,
  type Happened,
  isCard,
  type Reported,
  type Sent,
  type Trace,
  type TraceEntry,
  type Tried,
  type Waiting,
  type WaitingWebhook,
  waitedFor,
} from '../core/trace.ts';

/** Times in the reader's zone. */
export interface Moments {
  /** `2026-03-02` */
  day(at: Date): string;
  /** `09:00:00.412` */
  time(at: Date): string;
  /** `2026-03-02 09:00:00` */
  whole(at: Date): string;
}

/** `412 ms`, `3.2 s`, `5 min 12 s`, `3 h 4 min`, `2 d 3 h`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

function pair(small: number, each: number, unit: string, rest: string): string {
  const left = small % each;
  return `${Math.floor(small / each)} ${unit}${left === 0 ? '' : ` ${left} ${rest}`}`;
}

/** Text of others can hold what a terminal would carry out. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');

/** A developer, by the beginning of their id. */
export const developer = (id: string | null): string =>
  id === null ? 'a developer' : `developer ${id.slice(0, 8)}`;

/** What came of a lead that turned hot, after `→`; nothing to say where the alert's history says it. */
const FATES: Readonly<Record<string, string>> = {
  card: '',
  rollup: '',
  joined: '',
  returned: 'back to its own alert, within REARM_AFTER',
  'not-a-fit': "no news: its company's alert is on hold as not a fit",
  snoozed: "no news: its company's alert is snoozed",
  merged: "its company's other card",
  silent: 'nothing was shown, as FIRST_RUN says',
  personal: 'no card: a personal address, and no company is known',
  'not-shown': "no card: lead_dashboard doesn't show it",
  'set-aside': "no card: set aside, its row can't be read",
  brief: 'no card: no longer hot when the bot looked',
  waiting: 'waiting: the next poll decides',
  unknown: 'what came of it is not known',
};

type Timed<Entry> = Entry & Pick<TraceEntry, 'at' | 'alertId'>;

interface Parts {
  /** Who did it, and whom it concerns. */
  actor: string;
  target: string;
  who: string;
  /** The bot's own word, in brackets; empty without one. */
  word: string;
}

/** Lines of an alert's history. */
const EVENTS: Readonly<Record<string, (parts: Parts) => string>> = {
  opened: ({ who }) => `alert opened by ${who}`,
  joined: ({ who }) => `${who} joined the alert`,
  left: ({ who }) => `${who} is no longer hot`,
  returned: ({ who }) => `${who} is hot again`,
  moved: ({ who, word }) =>
    word === '' ? `${who} belongs to another company now` : `the company has another domain now`,
  cooled: () => 'gone cold',
  erased: ({ word }) => `erased by npm run erase${word}`,
  merged: () => 'merged into the other alert of its company',
  absorbed: () => 'took in the other alert of its company',
  claimed: ({ actor }) => `claimed by ${actor}`,
  released: ({ actor }) => `released by ${actor}`,
  contacted: ({ actor, word }) => `contacted by ${actor}${word}`,
  'handed-over': ({ actor, target }) => `handed over by ${actor} to ${target}`,
  'given-back': ({ actor, target }) => `given back by ${actor} to ${target}`,
  outcome: ({ actor, word }) => `outcome noted by ${actor}${word}`,
  snoozed: ({ actor }) => `snoozed by ${actor}`,
  'not-a-fit': ({ actor, word }) => `marked as not a fit by ${actor}${word}`,
  woke: () => 'its snooze is over',
  noted: ({ actor }) => `note added by ${actor}`,
  undone: ({ actor, word }) => `undone by ${actor}${word}`,
  offered: ({ target, word }) => `offered to ${target}${word}`,
  passed: ({ actor }) => `passed by ${actor}`,
  lapsed: ({ target }) => `the offer to ${target} lapsed`,
  kept: ({ actor }) => `kept by ${actor}`,
  reminded: ({ target }) => `reminder that nobody has claimed it, to ${target}`,
  escalated: () => 'managers told',
  warned: ({ target }) => `${target} warned that time is running out`,
  expired: ({ target }) => `returned to everyone, as the time of ${target} was up`,
  asked: ({ target }) => `${target} asked for the outcome`,
};

/** One entry in words, without its time and its bot. */
export function inWords(entry: TraceEntry, trace: Trace, moments: Moments): string {
  switch (entry.kind) {
    case 'crossing': {
      const points =
        entry.before === null ? `${entry.score ?? '?'}` : `${entry.before} → ${entry.score ?? '?'}`;
      const fate = FATES[entry.fate] ?? entry.fate;
      return `score written: ${developer(entry.developerId)} turned hot (${points} points)${fate === '' ? '' : `; ${plain(fate)}`}`;
    }
    case 'noticed':
      return `a poll noticed ${developer(entry.developerId)}, ${span(entry.at.getTime() - entry.since.getTime())} after the score was written`;
    case 'event':
      return eventInWords(entry, trace, moments);
    case 'step':
      return entry.step === 'news' ? 'news told to the owner' : plain(entry.step);
    case 'queued':
      return `${messageName(entry)} queued for ${plain(entry.channel ?? '?')}${entry.replaces ? ', in place of one that Slack lets nobody edit' : ''}`;
    case 'sent':
      return sentInWords(entry, trace);
    case 'tried':
      return triedInWords(entry);
    case 'webhook':
      return webhookInWords(entry);
  }
}

function eventInWords(entry: Timed<Happened>, trace: Trace, { whole }: Moments): string {
  const alert = trace.alerts.find(({ id }) => id === entry.alertId);
  const word = entry.detail === null ? '' : ` (${entry.detail})`;
  const words = (EVENTS[entry.event] ?? (() => `${entry.event}${word}`))({
    actor: entry.actor ?? 'the bot',
    target: entry.target ?? 'everyone',
    who: developer(entry.developerId),
    word,
  });
  const extra = [
    ...(entry.event === 'opened' && alert !== undefined ? reasonsOf(alert) : []),
    ...(entry.until === null ? [] : [`until ${whole(entry.until)}`]),
    ...(isGesture(entry) ? [drawn(entry, trace)] : []),
  ];
  return plain([words, ...extra].join('; '));
}

const reasonsOf = ({ openedScore, reasons }: Trace['alerts'][number]): string[] => [
  ...(openedScore === null ? [] : [`${openedScore} points`]),
  ...(reasons ? [`because of ${reasons}`] : []),
];

/** An AE waits to see it. */
const isGesture = ({ actor }: Happened): boolean => actor !== null;

function drawn(entry: Timed<Happened>, trace: Trace): string {
  const leg = drawnAfter(trace, entry);
  if (leg !== null) return `drawn ${span(leg.ms)} later`;
  const hasCard = trace.entries.some(
    (other) => other.kind === 'queued' && other.alertId === entry.alertId && isCard(other),
  );
  return hasCard ? 'when it was drawn is not known' : 'no card to draw it in';
}

function sentInWords(entry: Timed<Sent>, trace: Trace): string {
  const name = messageName(entry);
  const gap = entry.afterGap ? 'updates before this one are no longer known; ' : '';
  const how = [
    ...(entry.tries !== null && entry.tries > 1 ? [`at try ${entry.tries}`] : []),
    ...(entry.lostLeases > 0
      ? [
          `after ${entry.lostLeases === 1 ? 'a bot' : `${entry.lostLeases} bots`} took it and never reported`,
        ]
      : []),
    ...(entry.found ? ['found by a search: the answer to the post was lost'] : []),
  ];
  if (!entry.isFirst) {
    const version = entry.version === null ? '' : ` (version ${entry.version})`;
    return `${gap}${name} ${entry.found ? 'found' : 'updated'}${version}${how.length === 0 ? '' : `, ${how.join(', ')}`}`;
  }
  const where = plain(`${entry.channel ?? '?'}, ts ${entry.ts ?? '?'}`);
  const legs = isCard(entry) ? [legInWords(entry, trace)] : [];
  return `${name} posted in ${[where, ...how, ...legs].join('; ')}`;
}

function legInWords(entry: Timed<Sent>, trace: Trace): string {
  const { scoreMs, noticeMs } = waitedFor(trace, entry);
  return [
    scoreMs === null
      ? 'how long after the score is not known'
      : `${span(scoreMs)} after the score was written`,
    ...(noticeMs === null ? [] : [`${span(noticeMs)} after its alert was opened`]),
  ].join(', ');
}

function messageName({ message, about }: { message: string; about: string | null }): string {
  const name = { rollup: 'roll-up', notice: 'reply', dm: 'direct message' }[message] ?? message;
  return plain(about === null ? name : `${name} “${about}”`);
}

const REMOVALS: Readonly<Record<string, string>> = {
  erased: 'its lead was erased',
  expired: 'its personal data has expired',
  undone: 'its gesture was undone',
};

function webhookInWords(entry: Timed<Reported>): string {
  const name = webhookName(entry);
  const after = span(entry.at.getTime() - entry.since.getTime());
  const tries = `${entry.tries} ${entry.tries === 1 ? 'try' : 'tries'}`;
  return entry.delivered
    ? `${name} delivered, ${after} after it happened${entry.tries > 1 ? `, after ${tries}` : ''}`
    : `${name} given up after ${tries}${entry.error === null ? '' : `; ${plain(entry.error)}`}`;
}

const webhookName = ({ type, sequence }: { type: string; sequence: number }): string =>
  plain(`webhook ${type} (no. ${sequence})`);

/** A webhook that is to be sent. */
export function waitingWebhookInWords(entry: WaitingWebhook, { whole }: Moments): string {
  const when =
    entry.dueAt === null
      ? 'waits for the one before it'
      : `is to be sent, due ${whole(entry.dueAt)}`;
  const tries =
    entry.tries === 0
      ? ''
      : `, tried ${entry.tries === 1 ? 'once' : `${entry.tries} times`}${entry.bot === null ? '' : `, last by ${plain(entry.bot)}`}`;
  return `${webhookName(entry)} ${when}${tries}${entry.error === null ? '' : `; ${plain(entry.error)}`}`;
}

function triedInWords(entry: Tried): string {
  const trouble = [
    ...(entry.tries > 1 ? [`try ${entry.tries}`] : []),
    ...(entry.looks > 0
      ? [`searched for ${entry.looks === 1 ? 'once' : `${entry.looks} times`} in vain`]
      : []),
    ...(entry.error === null ? [] : [plain(entry.error)]),
  ];
  return [`${messageName(entry)} ${cameOf(entry)}`, ...trouble].join('; ');
}

function cameOf({ state, removal, isLeased }: Tried): string {
  if (isLeased) return 'taken by this bot, which has not reported yet';
  if (state === 'dead') return 'given up: Slack refuses it';
  if (state === 'gone') {
    return removal === null
      ? 'is not in Slack any more'
      : `removed from Slack: ${whyRemoved(removal)}`;
  }
  if (state === 'unclear') return 'may or may not be in Slack';
  return removal === null ? 'tried in vain' : 'could not be removed yet';
}

const whyRemoved = (removal: string): string => REMOVALS[removal] ?? plain(removal);

/** What is still to be done with a message. */
export function waitingInWords(entry: Waiting, { whole }: Moments): string {
  const { state, removal, dueAt, isTaken, tries } = entry;
  const what =
    removal !== null
      ? `is to be removed from Slack (${whyRemoved(removal)})`
      : state === 'posted'
        ? 'waits to be updated'
        : state === 'unclear'
          ? 'is to be searched for in Slack'
          : 'waits to be posted';
  const before = isTaken
    ? tries > 0
      ? `, tried ${tries === 1 ? 'once' : `${tries} times`}`
      : ''
    : ', no bot has tried yet';
  return `${messageName(entry)} in ${plain(entry.channel ?? '?')} ${what}, due ${whole(dueAt)}${before}`;
}
