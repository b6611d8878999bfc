import type { Button } from '@slack/types';
import type { Alert, AlertEvent, AlertPicture } from '../src/core/alert.ts';
import type { DirectReason, Drawing } from '../src/core/message.ts';
import { muteMenu } from './direct-settings.ts';
import { accountName, nextStep } from './facts.ts';
import { moment, timeAgo } from './format.ts';
import { ids } from './ids.ts';
import { cardBlocks, standing } from './lead-card.ts';
import { stillAsks, timesKept, unclaimedSince } from './nudge.ts';
import { actions, button, context, linkButton, message, section } from './parts.ts';
import {
  bestLead,
  dueLine,
  firstCall,
  heatLine,
  isDone,
  outcomeWords,
  STATES,
  stateOf,
  statusLine,
} from './state.ts';
import { mention, safe } from './text.ts';

/**
 * Why its reader got it, with the card, as long as the bot waits for their answer. After that, one line about what
 * came of it.
 */
export function directMessage(picture: AlertPicture, reason: DirectReason): Drawing {
  const asked = questionOf(picture, reason);
  return asked === null ? news(picture, reason) : question(picture, reason, asked);
}

/** What the bot waits for. */
interface Question {
  why: string;
  secondLine: string;
  buttons: readonly (Button | null)[];
}

function questionOf(picture: AlertPicture, { kind, to, until }: DirectReason): Question | null {
  switch (kind) {
    case 'offer':
      return offered(picture, to);
    case 'hand-over':
      return handedOver(picture, to);
    default:
      return stillAsks(kind, picture, to, until) ? STEPS[kind](picture, to, until) : null;
  }
}

type Step = Exclude<DirectReason['kind'], 'offer' | 'hand-over'>;

const STEPS: Readonly<
  Record<Step, (picture: AlertPicture, to: string, until: Date | undefined) => Question>
> = {
  warning: (picture, _, until) => ({
    why: `${nameIn(picture)} is yours ${untilWhen(picture.alert.dueAt, until)}Then it goes back to everyone, unless you reach out or keep it.`,
    secondLine: standing(picture),
    buttons: buttonsOf(
      picture,
      ['Mark contacted', ids.contact],
      ['Keep it', ids.keep],
      ['Hand over', ids.handOver],
      ['Release', ids.release],
    ),
  }),
  escalation: (picture) => ({
    why: `Nobody has claimed ${nameIn(picture)}. It has been waiting ${moment(unclaimedSince(picture), { after: 'since' })}.`,
    secondLine: standing(picture),
    buttons: buttonsOf(picture, ['Claim lead', ids.claim], ['Hand over', ids.handOver]),
  }),
  'kept-again': (picture) => ({
    why: `${mention(picture.alert.owner) ?? 'Its owner'} has kept ${nameIn(picture)} ${timesKept(picture.alert.keeps)} without reaching out.`,
    secondLine: standing(picture),
    buttons: buttonsOf(picture, ['Hand over', ids.handOver], ['Release', ids.release]),
  }),
  'follow-up': (picture, to) => ({
    why: `${contacted(picture, to)} What came of it?`,
    secondLine: statusLine(picture),
    buttons: buttonsOf(picture, ['Outcome', ids.outcome], ['Contacted again', ids.contact]),
  }),
};

/** The first one stands out. */
const buttonsOf = (
  { alert: { id } }: AlertPicture,
  ...named: readonly (readonly [label: string, action: string])[]
): (Button | null)[] =>
  named.map(([label, action], at) => button(label, action, id, at === 0 ? 'primary' : null));

/** The lead goes back later if its owner got the warning late. */
function untilWhen(dueAt: Date | null, until: Date | undefined): string {
  const last = dueAt !== null && (until === undefined || dueAt > until) ? dueAt : until;
  return last === undefined ? 'for a little longer. ' : `${moment(last, { after: 'until' })}. `;
}

/** `You contacted VelocityPay 14 days ago.` */
function contacted(picture: AlertPicture, to: string): string {
  const { contactedAt } = picture.alert;
  const when = contactedAt === null ? '' : ` ${timeAgo(contactedAt)}`;
  const who = lastContactBy(picture);
  return who === null || who === to
    ? `You contacted ${nameIn(picture)}${when}.`
    : `${nameIn(picture)} was contacted${when}.`;
}

const lastContactBy = ({ notes }: AlertPicture): string | null =>
  notes.findLast(({ kind }) => kind === 'contact')?.author ?? null;

function offered(picture: AlertPicture, to: string): Question | null {
  const offer = firstCall(picture.alert);
  if (offer?.holder !== to) return null;
  const cover = mention(offer.insteadOf);
  const why = `You have first call on ${nameIn(picture)} ${moment(offer.until, { after: 'until' })}${cover === null ? '' : `, because you cover for ${cover}`}.`;
  return {
    why,
    secondLine: heatLine(picture.alert),
    buttons: buttonsOf(picture, ['Claim lead', ids.claim], ['Pass', ids.pass]),
  };
}

function handedOver(picture: AlertPicture, to: string): Question | null {
  const { alert, notes } = picture;
  const { owner, touches } = alert;
  if (owner !== to || alert.handedOver === null || isClosed(alert)) return null;
  const { by } = alert.handedOver;
  const newest = notes.findLast(({ kind }) => kind === 'hand-over');
  const note = safe(newest?.author === by ? (newest.body ?? '') : '', 1_000);
  const why = `${mention(by) ?? 'Someone'} handed ${nameIn(picture)} over to you${note === '' ? '.' : `: “${note}”`}`;
  const isPlain = ['claimed', 'cold'].includes(stateOf(alert));
  return {
    why,
    secondLine: isPlain ? heatLine(alert) : statusLine(picture),
    buttons: buttonsOf(
      picture,
      ['Keep it', ids.keep],
      ['Give back', ids.giveBack],
      [touches === 0 ? 'Mark contacted' : 'Contacted again', ids.contact],
    ),
  };
}

/** Whose reader is to reach out. */
const SAYS_NEXT: ReadonlySet<DirectReason['kind']> = new Set(['offer', 'hand-over', 'warning']);

function question(
  picture: AlertPicture,
  { kind }: DirectReason,
  { why, secondLine, buttons }: Question,
): Drawing {
  const lead = bestLead(picture);
  const step = SAYS_NEXT.has(kind) ? nextStep(lead) : null;
  const next = step === null ? '' : ` Next: ${safe(step, 300)}`;
  const more = [
    button('Details', ids.details, picture.alert.id),
    linkButton('Open in CRM', ids.crm, lead?.crmUrl ?? null),
  ];
  return message(`${why}${next}`, [
    section(why, muteMenu([kind])),
    ...cardBlocks(picture, secondLine, actions(...buttons, ...more)),
  ]);
}

function news(picture: AlertPicture, reason: DirectReason): Drawing {
  const { kind, to } = reason;
  const { alert } = picture;
  const { id, owner, status, mergedInto } = alert;
  const { mark } = STATES[stateOf(alert)];
  const answer = theAnswer(picture, reason);
  const first = firstCall(alert);
  const waits = !isDone(alert);
  const mayClaim = status === 'open' && (first === null || first.holder === to);
  const buttons = [
    waits && mayClaim ? button('Claim lead', ids.claim, id) : null,
    waits && owner === to ? button('Mark contacted', ids.contact, id) : null,
    mergedInto === null ? button('Details', ids.details, id) : null,
  ];
  const isPlain =
    answer !== null || ['open', 'offered', 'claimed', 'cooling'].includes(stateOf(alert));
  const line = `${mark} ${answer ?? whatBecame(picture, reason)}`;
  return message(line, [
    section(line, muteMenu([kind])),
    context(isPlain ? null : statusLine(picture)),
    actions(...buttons),
  ]);
}

function whatBecame(picture: AlertPicture, { kind, to }: DirectReason): string {
  const { alert } = picture;
  const did = alert.owner === to ? null : whatTheyDid(picture, kind, to);
  const came = whatCame(alert, to, did === null ? nameIn(picture) : null);
  return [did, came].filter((part) => part !== null).join(' ');
}

/** What someone did that the bot had asked for by itself. */
function theAnswer(picture: AlertPicture, { kind, to }: DirectReason): string | null {
  const { status, owner, outcome, touches, closedAt, hold } = picture.alert;
  if (kind === 'offer' || kind === 'hand-over' || (kind === 'follow-up' && owner !== to)) {
    return null;
  }
  if (status !== 'contacted' || closedAt !== null || hold !== null) return null;
  const name = nameIn(picture);
  if (kind === 'follow-up' && outcome !== null) {
    return `Outcome for ${name}: ${outcomeWords(outcome)}.`;
  }
  const by = lastContactBy(picture) ?? owner;
  const who = by === to ? 'You' : (mention(by) ?? 'Someone');
  return `${who} contacted ${name}${kind === 'follow-up' && touches > 1 ? ' again' : ''}.`;
}

const isClosed = ({ closedAt, hold }: Alert): boolean =>
  closedAt !== null || hold?.kind === 'not-a-fit';

/** How their turn ended, if the lead isn't theirs. */
function whatTheyDid(picture: AlertPicture, kind: DirectReason['kind'], to: string): string | null {
  const { alert, events } = picture;
  const name = nameIn(picture);
  if (kind === 'offer') {
    const isTheirs = alert.offer?.holder === to;
    if (isTheirs && alert.offer?.ended === 'passed') return `You passed on ${name}.`;
    return isTheirs && alert.offer?.ended !== 'lapsed'
      ? null
      : `Your first call on ${name} is over.`;
  }
  if (kind === 'warning') {
    return lastTold(events, ['expired', 'claimed', 'handed-over', 'released'])?.kind === 'expired'
      ? `${name} was not contacted in time.`
      : null;
  }
  if (kind !== 'hand-over') return null;
  const last = lastTold(events, ['handed-over', 'given-back', 'undone']);
  return last?.kind === 'given-back' && last.actor === to ? `You gave ${name} back.` : null;
}

const lastTold = (
  events: readonly AlertEvent[],
  kinds: readonly AlertEvent['kind'][],
): AlertEvent | undefined => events.findLast(({ kind }) => kinds.includes(kind));

/** @param name null to say "it" */
function whatCame(alert: Alert, to: string, name: string | null): string {
  const { owner, hold, closedAt, mergedInto } = alert;
  const it = name ?? 'it';
  const It = name ?? 'It';
  if (mergedInto !== null) return `${It} is now on another card.`;
  if (closedAt !== null) return `The alert${name === null ? '' : ` for ${name}`} has ended.`;
  const holder = hold?.by === to ? 'You' : (mention(hold?.by ?? null) ?? 'Someone');
  if (hold?.kind === 'not-a-fit') return `${holder} marked ${it} as not a fit.`;
  if (owner === to) {
    const due = dueLine(alert);
    return `${It} is yours${due === null ? '' : `, ${due}`}.`;
  }
  if (owner !== null) return `${mention(owner) ?? 'Another AE'} has ${it} now.`;
  const first = firstCall(alert);
  if (first?.holder === to) return `You have first call on ${it}.`;
  if (first !== null)
    return `${mention(first.holder) ?? 'Another AE'} has first call on ${it} now.`;
  return hold === null ? `Anyone can claim ${it}.` : `${holder} snoozed ${it}.`;
}

const nameIn = ({ account }: AlertPicture): string => safe(accountName(account), 80);
