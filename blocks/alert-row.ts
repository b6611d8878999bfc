import type { Button, KnownBlock, Overflow, PlainTextOption } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { accountName, nextStep } from './facts.ts';
import { duration } from './format.ts';
import { ids } from './ids.ts';
import { actions, bold, button, dotted, option, section } from './parts.ts';
import {
  bestLead,
  currentScore,
  dueLine,
  hotSince,
  isDone,
  lowerFirst,
  STATES,
  stateOf,
  statusLine,
} from './state.ts';
import { clip, safe } from './text.ts';

/**
 * `🔥 *VelocityPay* · 88 · turned hot 3 hours ago`, or who has it and since when. In a queue as of some time, one that
 * nobody has claimed is `waiting 3 h`.
 */
export function alertLine(picture: AlertPicture, asOf: Date | null = null): string {
  const { alert } = picture;
  const state = stateOf(alert);
  const isWaiting = asOf !== null && alert.status === 'open' && !isDone(alert);
  return lineAbout(
    picture,
    isWaiting ? `waiting ${duration(alert.openedAt, asOf)}` : null,
    state !== 'open'
      ? lowerFirst(statusLine(picture))
      : isWaiting
        ? null
        : lowerFirst(hotSince(alert)),
  );
}

/** `🔥 *VelocityPay* · 88`, and what there is to say about it. */
export function lineAbout(picture: AlertPicture, ...about: readonly (string | null)[]): string {
  const { mark } = STATES[stateOf(picture.alert)];
  const name = bold(safe(accountName(picture.account), 60));
  return `${mark} ${dotted([name, currentScore(picture), ...about]) ?? ''}`;
}

/** An alert in a list, with its buttons, and its owner's deadline for them. `blockId` goes to the block with the buttons. */
export function alertRow(
  picture: AlertPicture,
  viewer: string | null,
  blockId: string,
  asOf: Date | null = null,
): (KnownBlock | null)[] {
  const { alert } = picture;
  const done = isDone(alert);
  const due = viewer !== null && alert.owner === viewer ? dueLine(alert) : null;
  const line = dotted([alertLine(picture, asOf), due]) ?? '';
  const text = [line, ...stepLine(picture)].join('\n');
  const press =
    !done && alert.status === 'open'
      ? button('Claim lead', ids.claim, alert.id)
      : !done && viewer !== null && alert.owner === viewer
        ? button('Mark contacted', ids.contact, alert.id)
        : null;
  return rowBlocks(picture, text, press, blockId);
}

/** What to do about a lead that waits for someone, as a line of its row. */
export function stepLine(picture: AlertPicture): string[] {
  const step = isDone(picture.alert) ? null : nextStep(bestLead(picture));
  return step === null ? [] : [safe(step, 140)];
}

/** What a row has besides its first button and *Details*. */
export interface RowExtras {
  second?: Button | null;
  menu?: Overflow | null;
}

/** A row with *Details*, and the buttons that come before it. */
export function rowBlocks(
  { alert }: AlertPicture,
  text: string,
  press: Button | null,
  blockId: string,
  { second = null, menu = null }: RowExtras = {},
): (KnownBlock | null)[] {
  const details = button('Details', ids.details, alert.id);
  const block_id = clip(blockId, SLACK_LIMITS.id);
  if (press === null && second === null && menu === null) {
    const row = section(text, details);
    return [row && { ...row, block_id }];
  }
  const buttons = actions(press, second, details, menu);
  return [section(text), buttons && { ...buttons, block_id }];
}

/** An alert as a menu option. */
export function alertOption(picture: AlertPicture): PlainTextOption | null {
  const { mark, word } = STATES[stateOf(picture.alert)];
  const name = accountName(picture.account, 40);
  return option(`${mark} ${dotted([name, currentScore(picture), word])}`, picture.alert.id);
}
