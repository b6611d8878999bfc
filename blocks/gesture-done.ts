import type { Button } from '@slack/types';
import type { Alert, AlertPicture, Undo } from '../src/core/alert.ts';
import type { Drawing } from '../src/core/message.ts';
import { accountName } from './facts.ts';
import { day, moment, workingSpan } from './format.ts';
import { ids } from './ids.ts';
import { button, context, message, section } from './parts.ts';
import { METHODS, outcomeWords, reasonIn } from './state.ts';
import { mention, safe } from './text.ts';

const UNDO_MS = 10 * 60_000;

/**
 * Confirms a gesture to whoever made it, who can undo it from here for ten minutes.
 * @param awayUntil of the AE who was handed the lead
 * @param contactWithinMs working time to reach out; null for no limit, or if it is unknown
 */
export function gestureDone(
  picture: AlertPicture,
  undo: Undo,
  now: Date,
  {
    awayUntil = null,
    contactWithinMs = null,
  }: { awayUntil?: Date | null | undefined; contactWithinMs?: number | null } = {},
): Drawing {
  const away = awayUntil === null ? '' : ` They are away ${moment(awayUntil, { after: 'until' })}.`;
  const time =
    undo.kind !== 'kept' || contactWithinMs === null
      ? ''
      : ` You have another ${workingSpan(contactWithinMs)} to reach out.`;
  const text = `${doneText(picture, undo.kind)}${away}${time}`;
  const press =
    now.getTime() - undo.at.getTime() < UNDO_MS ? undoButton(picture.alert, undo) : null;
  return message(text, [section(text, press), context(press && UNDO_LASTS)]);
}

const UNDO_LASTS = 'Undo works for ten minutes, unless someone changes the lead before.';

/** @param what names the gesture, where others stand beside it */
export const undoButton = ({ id }: Alert, undo: Undo, what = ''): Button | null =>
  button(`Undo ${what}`.trim(), ids.undo, `${id}:${undo.id}`);

function doneText({ alert, account }: AlertPicture, kind: string): string {
  const { hold, outcome, contactMethod, owner } = alert;
  const name = safe(accountName(account), 80);
  switch (kind) {
    case 'claimed':
      return `You claimed ${name}.`;
    case 'released':
      return `You released ${name}. Anyone can claim it.`;
    case 'contacted': {
      const how = contactMethod === null ? '' : METHODS[contactMethod].by;
      return `You contacted ${name}${how === '' ? '' : ` ${how}`}.`;
    }
    case 'handed-over':
      return `You handed ${name} over to ${mention(owner) ?? 'another AE'}.`;
    case 'kept':
      return `${name} stays yours.`;
    case 'passed':
      return `You passed on ${name}. It goes to the next AE, or to everyone.`;
    case 'given-back':
      return owner === null
        ? `You gave ${name} back. Anyone can claim it.`
        : `You gave ${name} back to ${mention(owner) ?? 'another AE'}.`;
    case 'outcome':
      return `Outcome for ${name}: ${outcome === null ? 'saved' : outcomeWords(outcome)}.`;
    case 'snoozed':
      return hold === null
        ? `You snoozed ${name}.`
        : `You snoozed ${name} ${moment(hold.until, { after: 'until' })}, or until its score moves by 5 points.`;
    case 'not-a-fit': {
      const returns = hold === null ? '' : ` It may return after ${day(hold.until)}.`;
      return `You marked ${name} as not a fit${reasonIn(hold)}.${returns}`;
    }
    default:
      return `You changed ${name}.`;
  }
}
