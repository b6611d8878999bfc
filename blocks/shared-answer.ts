import type { AccountPicture } from '../src/core/alert.ts';
import { moment } from './format.ts';
import { answerBlocks, answerText } from './lookup-answer.ts';
import type { Message } from './message.ts';
import { context, message } from './parts.ts';
import { mention } from './text.ts';

/** A lookup's answer for everyone in the channel: true at `now`, not kept current, nothing to press. */
export function sharedAnswer(picture: AccountPicture, by: string, now: Date): Message {
  const who = mention(by) ?? 'someone';
  return message(`${answerText(picture)} Shared by ${who}.`, [
    ...answerBlocks(picture),
    context(`Shared by ${who} · as of ${moment(now)}`),
  ]);
}
