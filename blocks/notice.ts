import type { Notice } from '../src/core/digest.ts';
import type { Message } from './message.ts';
import { message, section } from './parts.ts';
import { safe } from './text.ts';

/** What the poll says in the thread of a card. */
export function notice({ who, score, others }: Notice): Message {
  const name = safe(who, 120) || 'A developer';
  const scored = score === null ? '' : ` (${score})`;
  const text =
    others === 0
      ? `${name}${scored} is hot now too.`
      : `${name}${scored} and ${others} more are hot now too.`;
  return message(text, [section(text)]);
}
