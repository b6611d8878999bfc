import type { KnownBlock } from '@slack/types';
import type { AccountPicture } from '../src/core/alert.ts';
import { LIST_KINDS } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { moment } from './format.ts';
import { ids } from './ids.ts';
import { answerBlocks, answerText } from './lookup-answer.ts';
import { actions, button, context, message } from './parts.ts';
import { clip, mention } from './text.ts';

/** Id of the last block of a shared answer. Erasure finds an account's shared answers by it. */
export const sharedBlockId = (of: string): string => clip(`shared:${of}`, SLACK_LIMITS.id);

/** A lookup's answer for everyone in the channel: a snapshot at `now`, without buttons. */
export function sharedAnswer(picture: AccountPicture, by: string, now: Date): Drawing {
  const drawing = { text: answerText(picture), blocks: answerBlocks(picture) };
  return shared(sharedBlockId(picture.account.key), drawing, by, now);
}

/** Private lists that can be shared. */
export const SHARED_LISTS = [...LIST_KINDS, 'digest'] as const;
type SharedList = (typeof SHARED_LISTS)[number];

/** Adds *Share in channel*, next to the page buttons if there are any. */
export function withShareButton(value: string, { text, blocks }: Drawing): Drawing {
  const share = button('Share in channel', ids.shareList, value);
  const last = blocks.at(-1);
  const hasPageButtons =
    last?.type === 'actions' &&
    last.elements.some(
      (element) => 'action_id' in element && /^list\./.test(element.action_id ?? ''),
    );
  if (share === null || !hasPageButtons) return message(text, [...blocks, actions(share)]);
  return message(text, [...blocks.slice(0, -1), { ...last, elements: [...last.elements, share] }]);
}

/** A private list for everyone in the channel: a snapshot at `now`, without buttons. */
export function sharedList(
  list: SharedList,
  { text, blocks }: Drawing,
  by: string,
  now: Date,
): Drawing {
  return shared(sharedBlockId(list), { text, blocks: blocks.flatMap(withoutButtons) }, by, now);
}

function withoutButtons(block: KnownBlock): KnownBlock[] {
  if (block.type === 'actions') return [];
  if (block.type !== 'section') return [block];
  const { accessory: _, ...rest } = block;
  return [rest];
}

function shared(
  id: string,
  { text, blocks }: { text: string; blocks: readonly (KnownBlock | null)[] },
  by: string,
  now: Date,
): Drawing {
  const who = mention(by) ?? 'someone';
  const last = context(`Shared by ${who} · ${moment(now, { after: 'as of' })}`);
  return message(`${text}${text.endsWith('.') ? '' : '.'} Shared by ${who}.`, [
    ...blocks,
    last && { ...last, block_id: id },
  ]);
}
