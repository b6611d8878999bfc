import { alertList } from '../../blocks/alert-list.ts';
import { digest } from '../../blocks/digest.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import type { AlertPicture } from '../core/alert.ts';
import { localDate } from '../core/local-date.ts';
import type { Drawing } from '../core/message.ts';
import type { ListenerDeps } from './deps.ts';

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
 * The private answer that holds the pressed button, drawn anew. Which one it was is written in the
 * block id: lists and the digest keep their rows, everything else is the answer about one company.
 */
export function refreshedAnswer(
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
