import { digest } from '../../blocks/digest.ts';
import { directList } from '../../blocks/direct-list.ts';
import { directMessage } from '../../blocks/direct-message.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { notice } from '../../blocks/notice.ts';
import { plainFallback } from '../../blocks/plain-fallback.ts';
import { rollup } from '../../blocks/rollup.ts';
import type { Address, Content, Drawing } from '../core/message.ts';

/**
 * Draws a message as Slack should show it now.
 * @param workspaceUrl base of links to messages, with a trailing slash; null if unknown
 */
export function renderMessage(
  content: Content,
  plain: boolean,
  timeZone: string,
  workspaceUrl: string | null = null,
): Drawing {
  const message = draw(content, timeZone, workspaceUrl);
  return plain ? plainFallback(message) : message;
}

function draw(content: Content, timeZone: string, workspaceUrl: string | null): Drawing {
  switch (content.kind) {
    case 'card':
      return leadCard(content.picture, {
        ...(content.replaces && { replaces: permalink(workspaceUrl, content.replaces) }),
        ...(content.detour && { detour: content.detour }),
        other: permalink(workspaceUrl, content.picture.alert.mergedInto?.card),
      });
    case 'rollup':
      return rollup(content.rollup, content.detour);
    case 'digest':
      return digest(content.digest, { timeZone });
    case 'notice':
      return notice(content.notice, permalink(workspaceUrl, content.elsewhere));
    case 'dm':
      return directMessage(content.picture, content.reason);
    case 'dm-list':
      return directList(content.list);
    case 'home':
      throw new Error('a Home tab is drawn from what it reads');
    case 'nothing':
      throw new Error('a message to be removed has no drawing');
  }
}

/** Same format as `chat.getPermalink`. */
const permalink = (workspaceUrl: string | null, at: Address | null | undefined): string | null =>
  workspaceUrl === null || !at
    ? null
    : `${workspaceUrl}archives/${at.channel}/p${at.ts.replace('.', '')}`;
