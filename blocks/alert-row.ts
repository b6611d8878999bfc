import type { PlainTextOption, SectionBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { accountName, nextStep } from './facts.ts';
import { age, moment } from './format.ts';
import { ids } from './ids.ts';
import { bold, button, dotted, option, section } from './parts.ts';
import { best, isOver, outcome, STATES, scoreOf, stateOf } from './state.ts';
import { clip, safe } from './text.ts';

/** `🔥 *VelocityPay* · 88 · hot for 3 h`, or who has it and since when. Without `now`, since when instead of how long. */
export function alertLine(picture: AlertPicture, now: Date | null): string {
  const { alert, account } = picture;
  const state = stateOf(alert);
  const { mark } = STATES[state];
  const since =
    state !== 'open'
      ? null
      : now === null
        ? `hot since ${moment(alert.openedAt)}`
        : `hot for ${age(alert.openedAt, now)}`;
  return `${mark} ${
    dotted([
      bold(safe(accountName(account), 60)),
      scoreOf(best(picture)),
      since ?? midSentence(outcome(picture)),
    ]) ?? ''
  }`;
}

function midSentence(said: string | null): string | null {
  return said === null ? null : said.charAt(0).toLowerCase() + said.slice(1);
}

/** One alert of a list with the one thing that a reader may want to do with it. */
export function alertRow(
  picture: AlertPicture,
  now: Date | null,
  viewer: string | null,
  blockId: string,
): SectionBlock | null {
  const { alert } = picture;
  const over = isOver(alert);
  const step = over ? null : nextStep(best(picture)?.suggestedAction ?? null, 140);
  const text = `${alertLine(picture, now)}${step === null ? '' : `\n${safe(step, 140)}`}`;
  const press =
    !over && alert.status === 'open'
      ? button('Claim lead', ids.claim, alert.id)
      : !over && viewer !== null && alert.owner === viewer
        ? button('Mark contacted', ids.contact, alert.id)
        : button('Details', ids.details, alert.id);
  const row = section(text, press);
  return row && { ...row, block_id: clip(blockId, 255) };
}

/** One alert as an option of a menu. */
export function alertOption(picture: AlertPicture): PlainTextOption | null {
  const { mark, word } = STATES[stateOf(picture.alert)];
  const name = accountName(picture.account, 40);
  return option(`${mark} ${dotted([name, scoreOf(best(picture)), word])}`, picture.alert.id);
}
