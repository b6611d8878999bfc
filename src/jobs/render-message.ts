import { digest } from '../../blocks/digest.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import type { Message } from '../../blocks/message.ts';
import { notice } from '../../blocks/notice.ts';
import { plainFallback } from '../../blocks/plain-fallback.ts';
import { rollup } from '../../blocks/rollup.ts';
import type { Content } from '../core/message.ts';

/** Draws a message as it should stand in Slack now. */
export function renderMessage(content: Content, plain: boolean, timeZone: string): Message {
  const message = draw(content, timeZone);
  return plain ? plainFallback(message) : message;
}

function draw(content: Content, timeZone: string): Message {
  switch (content.kind) {
    case 'card':
      return leadCard(content.picture);
    case 'rollup':
      return rollup(content.rollup);
    case 'digest':
      return digest(content.digest, { timeZone });
    case 'notice':
      return notice(content.notice);
    case 'nothing':
      throw new Error('a message that is to be removed has no drawing');
  }
}
