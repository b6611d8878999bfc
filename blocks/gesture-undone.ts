import type { AlertPicture } from '../src/core/alert.ts';
import type { Drawing } from '../src/core/message.ts';
import { accountName } from './facts.ts';
import { message, section } from './parts.ts';
import { safe } from './text.ts';

/** Takes the place of the confirmation whose *Undo* was pressed. */
export function gestureUndone({ account }: AlertPicture): Drawing {
  const text = `Undone. ${safe(accountName(account), 80)} is as it was before.`;
  return message(text, [section(text)]);
}
