import type { Drawing, Notice } from '../src/core/message.ts';
import { moment } from './format.ts';
import { bold, message, section } from './parts.ts';
import { mention, safe } from './text.ts';

/**
 * A reply in a card's thread.
 * @param other a link to the other card that it mentions, if there is one
 */
export function notice(news: Notice, other: string | null = null): Drawing {
  const text = noticeText(news, other);
  return message(text, [section(text)]);
}

function noticeText(news: Notice, other: string | null): string {
  switch (news.kind) {
    case 'joined': {
      const name = safe(news.who, 120) || 'A developer';
      const scored = news.score === null ? '' : ` (${news.score})`;
      return news.others === 0
        ? `${name}${scored} is hot now too.`
        : `${name}${scored} and ${news.others} more are hot now too.`;
    }
    case 'merged': {
      const where = other === null ? '' : ` on <${other}|the other card>`;
      const first = mention(news.owner) ?? 'Another AE';
      return `${mention(news.whom) ?? 'To the AE who claimed this'}: there were two cards for ${bold(safe(news.company, 80) || 'one company')}. ${first} claimed it first and keeps it${where}.`;
    }
    case 'released': {
      const by = mention(news.by) ?? 'Someone';
      const of = news.owner === news.by ? '' : ` for ${mention(news.owner) ?? 'its owner'}`;
      return `${by} released this lead${of}. Anyone can claim it.`;
    }
    case 'handed-over':
      if (news.by === news.to) return `${mention(news.by) ?? 'A manager'} took this lead over.`;
      return `${mention(news.by) ?? 'Someone'} handed this lead over to ${mention(news.to) ?? 'another AE'}.`;
    case 'given-back': {
      const to =
        news.to === null
          ? 'Anyone can claim it.'
          : `${mention(news.to) ?? 'Its previous owner'} has it again.`;
      return `${mention(news.by) ?? 'Someone'} gave this lead back. ${to}`;
    }
    case 'offered':
      return `${mention(news.to) ?? 'An AE'} got first call on this lead ${moment(news.until, { after: 'until' })}: claim it on its card, or pass in *Details*.`;
    case 'woke': {
      const who = mention(news.owner) ?? mention(news.by);
      return `${who === null ? 'The' : `${who}: the`} snooze has ended. This lead is back.`;
    }
    case 'reminder':
      return `${mention(news.to) ?? 'Everyone'}: nobody has claimed this lead yet.`;
    case 'warned':
      return `${mention(news.owner) ?? 'To its owner'}: this lead goes back to everyone ${moment(news.until)}.`;
    case 'expired':
      return `${mention(news.owner) ?? 'Everyone'}: this lead went back to everyone.`;
    case 'news':
      return `${mention(news.owner) ?? 'News'}: this company has changed.`;
    case 'cold':
      return `${mention(news.owner) ?? 'To its owner'}: this lead is no longer hot. It stays yours unless you release it.`;
  }
}
