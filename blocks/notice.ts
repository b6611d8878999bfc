import type { Drawing, Notice } from '../src/core/message.ts';
import { moment } from './format.ts';
import { isGoodNews, newsLines } from './news-words.ts';
import { bold, message, section } from './parts.ts';
import { lowerFirst } from './state.ts';
import { groupMention, mention, safe } from './text.ts';

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
    case 'reminder': {
      const { since, others, company } = news;
      const lead = company === undefined ? 'this lead' : bold(safe(company, 80) || 'this lead');
      const text = `Nobody has claimed ${lead}. It has been waiting ${moment(since, { after: 'since' })}.`;
      const more =
        others <= 0
          ? ''
          : others === 1
            ? ' One more lead has waited as long: `/lead hot`.'
            : ` ${others} more leads have waited as long: \`/lead hot\`.`;
      return addressed(mention(news.to) ?? groupMention(news.to), `${text}${more}`);
    }
    case 'warned':
      return `${mention(news.owner) ?? 'To its owner'}: this lead is yours ${moment(news.until, { after: 'until' })}. Then it goes back to everyone, unless you reach out or keep it. *Keep it* is in *Details*.`;
    case 'expired':
      return addressed(
        mention(news.owner),
        'This lead was not contacted in time, so anyone can claim it again.',
      );
    case 'news':
      return newsText(news);
    case 'cold':
      return 'This lead is no longer hot. Its owner keeps it unless they release it.';
  }
}

/** To someone, if it is meant for anyone. */
const addressed = (who: string | null, sentence: string): string =>
  who === null ? sentence : `${who}: ${lowerFirst(sentence)}`;

/** A single change on one line, several as a list. */
function newsText({ owner, contacted, items }: Notice & { kind: 'news' }): string {
  const who = mention(owner);
  const rows = newsLines(items);
  const [only = 'Something about this company has changed: see *Details*.'] = rows;
  const told =
    rows.length < 2
      ? addressed(who, only)
      : [
          who === null ? 'News about this company:' : `${who}, there is news about this company:`,
          ...rows.map((row) => `• ${row}`),
        ].join('\n');
  return contacted && isGoodNews(items) ? `${told}\nTime to reach out again?` : told;
}
