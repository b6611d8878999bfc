import type { Notice } from '../src/core/digest.ts';
import type { Message } from './message.ts';
import { message, section } from './parts.ts';
import { safe } from './text.ts';

/** What the poll says in the thread of a card. */
export function notice({ kind, who, score }: Notice): Message {
  const name = safe(who, 120) || 'A developer';
  const scored = score === null ? '' : ` (${score})`;
  const text =
    kind === 'joined' ? `${name}${scored} is hot now too.` : `${name}${scored} is hot again.`;
  return message(text, [section(text)]);
}
