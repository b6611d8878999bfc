import { alertList } from '../../blocks/alert-list.ts';
import { digest } from '../../blocks/digest.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import {
  SHARED_LISTS,
  type SharedList,
  shareable,
  sharedList,
} from '../../blocks/shared-answer.ts';
import { mention } from '../../blocks/text.ts';
import type { AlertPicture } from '../core/alert.ts';
import { localDate } from '../core/local-date.ts';
import type { Drawing } from '../core/message.ts';
import type { ListenerDeps } from './deps.ts';
import type { PrivateAnswer } from './modal-memory.ts';

/** Rows of `/lead hot` and `/lead mine`. */
const LIST_ROWS = 15;

/** `/lead hot`, `/lead mine` and `/lead digest`, for one person alone. */
export async function listAnswer(
  deps: ListenerDeps,
  list: SharedList,
  user: string,
): Promise<Drawing> {
  const drawn = await drawList(deps, list, user);
  // An empty list is one sentence, and nothing to share.
  return drawn.blocks.length > 1 ? shareable(list, drawn) : drawn;
}

/** The same for everyone in the channel. */
export async function listToShare(
  deps: ListenerDeps,
  list: SharedList,
  user: string,
): Promise<Drawing> {
  const drawn = await drawList(deps, list, user, mention(user) ?? 'someone');
  return sharedList(list, drawn, user, deps.now());
}

async function drawList(
  { alerts, digestChannel, timeZone, now }: ListenerDeps,
  list: SharedList,
  user: string,
  whose?: string,
): Promise<Drawing> {
  switch (list) {
    case 'hot':
      return alertList('hot', await alerts.hot(LIST_ROWS), user);
    case 'mine':
      return alertList('mine', await alerts.mine(user, LIST_ROWS), user, whose);
    case 'digest':
      return digest(await alerts.previewDigest(digestChannel, localDate(now(), timeZone)), {
        timeZone,
      });
  }
}

/**
 * Draws the private answer from which a gesture was made anew. The gesture is done by then, so whatever
 * is in the way is only logged.
 */
export async function redrawAnswer(
  deps: ListenerDeps,
  { url, blockId }: PrivateAnswer,
  user: string,
  picture: AlertPicture,
): Promise<void> {
  try {
    await deps.surface.replaceAnswer(url, await redrawn(deps, blockId, user, picture));
  } catch (error) {
    deps.log.warn('a private answer could not be drawn anew', { user, error });
  }
}

/** Lists and the digest are told by the block id of their rows; everything else is about one company. */
function redrawn(
  deps: ListenerDeps,
  blockId: string,
  user: string,
  picture: AlertPicture,
): Promise<Drawing> | Drawing {
  const list = SHARED_LISTS.find((name) => blockId.startsWith(`${name}:`));
  if (list !== undefined) return listAnswer(deps, list, user);
  return foundAnswer({ account: picture.account, current: picture }, user);
}
