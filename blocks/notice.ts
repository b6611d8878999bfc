import type { Drawing, Notice } from '../src/core/message.ts';
import { bold, message, section } from './parts.ts';
import { mention, safe } from './text.ts';

/**
 * What is said in the thread of a card.
 * @param other a link to the other card that it speaks of, where there is one
 */
export function notice(told: Notice, other: string | null = null): Drawing {
  const text = said(told, other);
  return message(text, [section(text)]);
}

function said(told: Notice, other: string | null): string {
  switch (told.kind) {
    case 'joined': {
      const name = safe(told.who, 120) || 'A developer';
      const scored = told.score === null ? '' : ` (${told.score})`;
      return told.others === 0
        ? `${name}${scored} is hot now too.`
        : `${name}${scored} and ${told.others} more are hot now too.`;
    }
    case 'merged': {
      const where = other === null ? '' : ` on <${other}|the other card>`;
      const first = mention(told.owner) ?? 'Another AE';
      return `${mention(told.whom) ?? 'To the AE who claimed this'}: there were two cards for ${bold(safe(told.company, 80) || 'one company')}. ${first} claimed it first and keeps it${where}.`;
    }
  }
}
