import { alertList } from '../../blocks/alert-list.ts';
import { digest } from '../../blocks/digest.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import type { AlertPicture } from '../core/alert.ts';
import { localDate } from '../core/local-date.ts';
import type { Drawing } from '../core/message.ts';
import type { ListenerDeps } from './deps.ts';
import type { PrivateAnswer } from './modal-memory.ts';

/** Rows of `/lead hot` and `/lead mine`. */
const LIST_ROWS = 15;

export async function hotAnswer({ alerts }: ListenerDeps, user: string): Promise<Drawing> {
  return alertList('hot', await alerts.hot(LIST_ROWS), user);
}

export async function mineAnswer({ alerts }: ListenerDeps, user: string): Promise<Drawing> {
  return alertList('mine', await alerts.mine(user, LIST_ROWS), user);
}

export async function digestAnswer(deps: ListenerDeps): Promise<Drawing> {
  const { alerts, digestChannel, timeZone, now } = deps;
  const preview = await alerts.previewDigest(digestChannel, localDate(now(), timeZone));
  return digest(preview, { timeZone });
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
  if (blockId.startsWith('hot:')) return hotAnswer(deps, user);
  if (blockId.startsWith('mine:')) return mineAnswer(deps, user);
  if (blockId.startsWith('digest:')) return digestAnswer(deps);
  return foundAnswer({ account: picture.account, current: picture }, user);
}
