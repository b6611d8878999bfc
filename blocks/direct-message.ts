import type { AlertPicture } from '../src/core/alert.ts';
import type { DirectReason, Drawing } from '../src/core/message.ts';
import { leadCard } from './lead-card.ts';

/** A direct message with the card, for someone who got first call or a lead that was handed over. */
export function directMessage(picture: AlertPicture, _reason: DirectReason): Drawing {
  return leadCard(picture);
}
