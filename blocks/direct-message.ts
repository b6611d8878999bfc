import type { Button } from '@slack/types';
import type { Alert, AlertPicture } from '../src/core/alert.ts';
import type { DirectReason, Drawing } from '../src/core/message.ts';
import { accountName, nextStep } from './facts.ts';
import { moment } from './format.ts';
import { ids } from './ids.ts';
import { cardBlocks } from './lead-card.ts';
import { actions, button, context, linkButton, message, section } from './parts.ts';
import { bestLead, firstCall, heatLine, isDone, STATES, stateOf, statusLine } from './state.ts';
import { mention, safe } from './text.ts';

/**
 * Why its reader got it, with the card, as long as the bot waits for their answer. After that, one line about what
 * came of it.
 */
export function directMessage(picture: AlertPicture, reason: DirectReason): Drawing {
  return (
    (reason.kind === 'offer' ? offered(picture, reason.to) : handedOver(picture, reason.to)) ??
    news(picture, reason)
  );
}

function offered(picture: AlertPicture, to: string): Drawing | null {
  const { id } = picture.alert;
  const offer = firstCall(picture.alert);
  if (offer?.holder !== to) return null;
  const cover = mention(offer.insteadOf);
  const why = `You have first call on ${nameIn(picture)} ${moment(offer.until, { after: 'until' })}${cover === null ? '' : `, because you cover for ${cover}`}.`;
  return question(picture, why, heatLine(picture.alert), [
    button('Claim lead', ids.claim, id, 'primary'),
    button('Pass', ids.pass, id),
  ]);
}

function handedOver(picture: AlertPicture, to: string): Drawing | null {
  const { alert, notes } = picture;
  const { id, owner, touches } = alert;
  if (owner !== to || alert.handedOver === null || isClosed(alert)) return null;
  const { by } = alert.handedOver;
  const newest = notes.findLast(({ kind }) => kind === 'hand-over');
  const note = safe(newest?.author === by ? (newest.body ?? '') : '', 1_000);
  const why = `${mention(by) ?? 'Someone'} handed ${nameIn(picture)} over to you${note === '' ? '.' : `: “${note}”`}`;
  const isPlain = ['claimed', 'cold'].includes(stateOf(alert));
  return question(picture, why, isPlain ? heatLine(alert) : statusLine(picture), [
    button('Keep it', ids.keep, id, 'primary'),
    button('Give back', ids.giveBack, id),
    button(touches === 0 ? 'Mark contacted' : 'Contacted again', ids.contact, id),
  ]);
}

function question(
  picture: AlertPicture,
  why: string,
  secondLine: string,
  buttons: readonly (Button | null)[],
): Drawing {
  const lead = bestLead(picture);
  const step = nextStep(lead);
  const next = step === null ? '' : ` Next: ${safe(step, 300)}`;
  const more = [
    button('Details', ids.details, picture.alert.id),
    linkButton('Open in CRM', ids.crm, lead?.crmUrl ?? null),
  ];
  return message(`${why}${next}`, [
    section(why),
    ...cardBlocks(picture, secondLine, actions(...buttons, ...more)),
  ]);
}

function news(picture: AlertPicture, { kind, to }: DirectReason): Drawing {
  const { alert } = picture;
  const { id, owner, status, mergedInto } = alert;
  const { mark } = STATES[stateOf(alert)];
  const did = alert.owner === to ? null : whatTheyDid(picture, kind, to);
  const came = whatCame(alert, to, did === null ? nameIn(picture) : null);
  const text = [did, came].filter((part) => part !== null).join(' ');
  const first = firstCall(alert);
  const waits = !isDone(alert);
  const mayClaim = status === 'open' && (first === null || first.holder === to);
  const buttons = [
    waits && mayClaim ? button('Claim lead', ids.claim, id) : null,
    waits && owner === to ? button('Mark contacted', ids.contact, id) : null,
    mergedInto === null ? button('Details', ids.details, id) : null,
  ].filter((one) => one !== null);
  const isPlain = ['open', 'offered', 'claimed', 'cooling'].includes(stateOf(alert));
  const [only, ...more] = buttons;
  const line = `${mark} ${text}`;
  return message(line, [
    section(line, more.length === 0 ? only : null),
    context(isPlain ? null : statusLine(picture)),
    more.length === 0 ? null : actions(...buttons),
  ]);
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
  const last = events.findLast(({ kind: told }) =>
    ['handed-over', 'given-back', 'undone'].includes(told),
  );
  return last?.kind === 'given-back' && last.actor === to ? `You gave ${name} back.` : null;
}

/** @param name null to say "it" */
function whatCame(alert: Alert, to: string, name: string | null): string {
  const { owner, hold, closedAt, mergedInto } = alert;
  const it = name ?? 'it';
  const It = name ?? 'It';
  if (mergedInto !== null) return `${It} is now on another card.`;
  if (closedAt !== null) return `The alert${name === null ? '' : ` for ${name}`} has ended.`;
  const holder = hold?.by === to ? 'You' : (mention(hold?.by ?? null) ?? 'Someone');
  if (hold?.kind === 'not-a-fit') return `${holder} marked ${it} as not a fit.`;
  if (owner === to) return `${It} is yours.`;
  if (owner !== null) return `${mention(owner) ?? 'Another AE'} has ${it} now.`;
  const first = firstCall(alert);
  if (first?.holder === to) return `You have first call on ${it}.`;
  if (first !== null)
    return `${mention(first.holder) ?? 'Another AE'} has first call on ${it} now.`;
  return hold === null ? `Anyone can claim ${it}.` : `${holder} snoozed ${it}.`;
}

const nameIn = ({ account }: AlertPicture): string => safe(accountName(account), 80);
