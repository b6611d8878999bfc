import type { KnownBlock, ModalView } from '@slack/types';
import type { Alert, AlertEvent, AlertNote, AlertPicture } from '../src/core/alert.ts';
import { CONTACT_METHODS } from '../src/core/alert.ts';
import type { Account, AccountLead } from '../src/core/lead.ts';
import { explainedTotal, WEIGHTS } from '../src/core/score.ts';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { detailsActions } from './details-actions.ts';
import {
  accountName,
  appendedFields,
  biggestGain,
  champion,
  changesSince,
  company,
  lastTime,
  nameOf,
  signalLine,
  stack,
  stakeholderLine,
  suggestedAction,
  usage,
} from './facts.ts';
import { day, moment, points, timeAgo } from './format.ts';
import { ids } from './ids.ts';
import {
  bold,
  context,
  divider,
  dotted,
  labeled,
  labeledLine,
  lines,
  modal,
  section,
} from './parts.ts';
import {
  bestLead,
  dueLine,
  GESTURES,
  METHODS,
  OUTCOME_WORDS,
  REASONS,
  STATES,
  scoreOf,
  stateOf,
  statusLine,
} from './state.ts';
import { clipMrkdwn, mention, safe } from './text.ts';

/** Everything about an alert, with the buttons that `viewer` (a Slack user id) can use. */
export function detailsModal(
  picture: AlertPicture,
  viewer: string,
  privateMetadata: string,
  isManager = false,
): ModalView {
  const { alert, account, events, notes, past } = picture;
  const { mark } = STATES[stateOf(alert)];
  const title = dotted([bold(safe(accountName(account), 100)), scoreOf(bestLead(picture))]);
  const before = lastTime(past, alert.openedAt);
  const isTheirs = alert.owner === viewer || isManager;
  return modal({
    callbackId: ids.detailsModal,
    title: accountName(account, SLACK_LIMITS.modalLabel),
    close: 'Close',
    privateMetadata,
    blocks: [
      section(`${mark} ${title}`),
      context(dotted([statusLine(picture), isTheirs ? dueLine(alert) : null])),
      context(before && `↩ ${before}`),
      context(
        alert.closedAt &&
          `This alert ended ${timeAgo(alert.closedAt)}. Below is the company as it is now.`,
      ),
      detailsActions(picture, viewer, isManager),
      ...titled('Contacts and notes', notes.toReversed().map(noteLine)),
      ...accountParts(account),
      ...titled(
        'History',
        events.map((event) => eventLine(event, alert)),
      ),
    ],
  });
}

/** The newest note is shown in full. */
function noteLine({ at, author, kind, word, body }: AlertNote, place: number): string {
  const did = NOTE_TEXT[kind](word);
  const about = `• ${moment(at)}: ${mention(author) ?? 'Someone'}${did === '' ? '' : ` ${did}`}`;
  const text = body === null ? '' : quoted(body, place === 0 ? 2800 : 600);
  return text === '' ? about : `${about}\n${text}`;
}

const NOTE_TEXT: Readonly<Record<AlertNote['kind'], (word: string | null) => string>> = {
  note: () => 'noted',
  contact: (word) => METHODS[CONTACT_METHODS.find((known) => known === word) ?? 'other'].did,
  'hand-over': () => 'handed it over',
  'not-a-fit': (word) => `marked it as not a fit${known(REASONS, word, ': ')}`,
  outcome: (word) => `saved the outcome${known(OUTCOME_WORDS, word, ': ')}`,
};

/** The words for a code, in the middle of a sentence; nothing for one that a newer database may have. */
function known(
  words: Readonly<Record<string, string>>,
  code: string | null,
  before: string,
): string {
  const found = code !== null && Object.hasOwn(words, code) ? words[code] : undefined;
  return found === undefined ? '' : `${before}${found.toLowerCase()}`;
}

/** A block quote that keeps the line breaks; empty without visible text. */
function quoted(typed: string, longest: number): string {
  const rows = typed.split(/\r?\n/).map((row) => safe(row, longest));
  if (rows.every((row) => row === '')) return '';
  return clipMrkdwn(rows.map((row) => `>${row}`).join('\n'), longest);
}

function accountParts(account: Account): (KnownBlock | null)[] {
  const [lead] = account.leads;
  const action = suggestedAction(lead ?? null, 2500);
  const signalsLeft = (lead?.signalCount ?? 0) - account.signals.length;
  const peopleLeft = (lead?.stakeholderCount ?? 0) - account.stakeholders.length;
  return [
    section(action && `*Suggested action*\n>${action}`),
    ...(lead === undefined ? [] : leadParts(account, lead)),
    ...titled('Signals', account.signals.map(signalLine), signalsLeft),
    ...titled('People', account.stakeholders.map(stakeholderLine), peopleLeft),
    ...titled('Other developers', account.leads.slice(1).map(developerLine)),
  ];
}

function leadParts(account: Account, lead: AccountLead): (KnownBlock | null)[] {
  const moved = whatChanged(lead);
  const since = lead.before === null ? '' : ` since ${day(lead.before.takenAt)}`;
  return [
    section(labeled('Score', scoreLines(lead))),
    section(labeled(`What changed${since}`, moved.map((part) => `• ${part}`).join('\n'))),
    ...lines(
      [
        labeledLine('Champion', champion(lead)),
        labeledLine('Company', company(account, lead)),
        labeledLine('Stack', stack(lead)),
        ...appendedFields(lead),
      ].filter((line) => line !== null),
    ),
    section(labeled('Usage', usage(lead))),
  ];
}

function whatChanged(lead: AccountLead): string[] {
  if (lead.before === null) return [];
  const gain = biggestGain(lead.before, lead);
  return [...changesSince(lead.before, lead), ...(gain === null ? [] : [gain])];
}

function scoreLines(lead: AccountLead): string | null {
  const { components, totalScore, tier } = lead;
  const exact = explainedTotal(lead);
  const tierNote = tier === null ? '' : ` · ${tier}`;
  if (components === null) return totalScore === null ? null : `Total ${totalScore}`;
  if (exact === null) {
    const scores = WEIGHTS.map(({ key, label }) => `• ${label} ${components[key]}`);
    return [...scores, `Total ${totalScore ?? 'unknown'}${tierNote}`].join('\n');
  }
  const shown = totalScore === null || exact === totalScore ? '' : `, shown as ${totalScore}`;
  return [
    ...WEIGHTS.map(({ key, label, percent }) => {
      const adds = (components[key] * percent) / 100;
      return `• ${label} ${components[key]} × ${percent}% = ${points(adds)}`;
    }),
    `Total ${points(exact)}${shown}${tierNote}`,
  ].join('\n');
}

function developerLine(lead: AccountLead): string {
  const name = safe(nameOf(lead), 80);
  return `• ${dotted([name, scoreOf(lead), lead.leftAt === null ? lead.tier : 'no longer hot'])}`;
}

function titled(title: string, rows: readonly string[], left = 0): (KnownBlock | null)[] {
  if (rows.length === 0) return [];
  return [divider(), ...lines([`*${title}*`, ...rows, ...(left > 0 ? [`+${left} more`] : [])])];
}

/** `who`: the actor, `what`: the detail as safe mrkdwn, maybe empty. */
type Told = (who: string, what: string, event: AlertEvent) => string;

const OFFERED_AS: ReadonlyMap<string, string> = new Map([
  ['owner', ' as account owner'],
  ['cover', ' as cover for the account owner'],
]);

const EVENT_TEXT: Readonly<Record<AlertEvent['kind'], Told>> = {
  opened: () => 'Turned hot',
  joined: (_, what) => `${what || 'A developer'} turned hot too`,
  left: (_, what) => `${what || 'A developer'} is no longer hot`,
  returned: (_, what) => `${what || 'A developer'} is hot again`,
  claimed: (who) => `${who} claimed it`,
  released: (who) => `${who} released it`,
  contacted: (who, _, { detail }) =>
    `${who} ${METHODS[CONTACT_METHODS.find((method) => method === detail) ?? 'other'].did}`,
  cooled: () => 'Cooled',
  moved: (_, what, { detail }) =>
    detail === 'domain'
      ? 'The company changed its domain'
      : `${what || 'A developer'} moved to another company`,
  merged: () => 'Merged into another card for this company',
  absorbed: () => 'Absorbed another card for this company',
  'handed-over': (who, _, { target }) =>
    `${who} handed it over to ${mention(target) ?? 'another AE'}`,
  outcome: (who, _, { detail }) => `${who} saved the outcome${known(OUTCOME_WORDS, detail, ': ')}`,
  snoozed: (who) => `${who} snoozed it`,
  'not-a-fit': (who, _, { detail }) =>
    `${who} marked it as not a fit${known(REASONS, detail, ': ')}`,
  woke: () => 'The snooze ended',
  noted: (who) => `${who} took a note`,
  offered: (_, __, { target, detail }) =>
    `${mention(target) ?? 'An AE'} got first call${OFFERED_AS.get(detail ?? '') ?? ''}`,
  passed: (who) => `${who} passed`,
  lapsed: (_, __, { target }) => `${mention(target) ?? 'An AE'} let first call pass`,
  kept: (who) => `${who} kept it`,
  'given-back': (who, _, { target }) =>
    `${who} gave it back${target === null ? '' : ` to ${mention(target) ?? 'its previous owner'}`}`,
  reminded: (_, __, { target }) =>
    target === null
      ? 'Reminder: nobody had claimed it'
      : `${mention(target) ?? 'An AE'} was reminded to claim it`,
  escalated: (_, __, { target }) =>
    target === null
      ? 'Managers were told that nobody had claimed it'
      : `Managers were told that ${mention(target) ?? 'its owner'} keeps it without reaching out`,
  warned: (_, __, { target }) =>
    `${mention(target) ?? 'Its owner'} was told that time is almost up`,
  expired: () => 'Went back to everyone: not contacted in time',
  asked: (_, __, { target }) => `${mention(target) ?? 'Its owner'} was asked for the outcome`,
  undone: (who, _, { detail }) => `${who} undid the ${GESTURES.get(detail ?? '') ?? 'last change'}`,
};

function eventLine(event: AlertEvent, { hotAtFirstPoll }: Alert): string {
  const { at, kind, actor, detail } = event;
  const told =
    kind === 'opened' && hotAtFirstPoll
      ? 'Already hot when the bot started'
      : EVENT_TEXT[kind](mention(actor) ?? 'Someone', safe(detail ?? '', 120), event);
  return `• ${moment(at)}: ${told}`;
}
