import type { Notice } from '../src/core/digest.ts';
import type { Message } from './message.ts';
import { message, section } from './parts.ts';
import { safe } from './text.ts';

/** What the poll says in the thread of a card. */
export function notice({ who, score }: Notice): Message {
  const name = safe(who, 120) || 'A developer';
  const scored = score === null ? '' : ` (${score})`;
  const text = `${name}${scored} is hot now too.`;
  return message(text, [section(text)]);
}
