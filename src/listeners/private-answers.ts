import { alertList } from '../../blocks/alert-list.ts';
import { digestUnavailable, limitedToChannels } from '../../blocks/channels-note.ts';
import { digest } from '../../blocks/digest.ts';
import { nothingFits } from '../../blocks/list-filter.ts';
import { pageValue, parsePage } from '../../blocks/list-page.ts';
import { foundAnswer } from '../../blocks/lookup-answer.ts';
import { sharedList, withShareButton } from '../../blocks/shared-answer.ts';
import { mention } from '../../blocks/text.ts';
import type { AlertPicture } from '../core/alert.ts';
import type { ListFilter } from '../core/list-filter.ts';
import { localDate } from '../core/local-date.ts';
import { type AlertList, type ListPage, PAGE_ROWS } from '../core/lookup.ts';
import type { Drawing } from '../core/message.ts';
import type { Alerts } from '../core/ports.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { AccessGrant } from './gesture-context.ts';
import type { PrivateAnswer } from './modal-metadata.ts';

/** A page of a list, or a preview of the digest. */
type PrivateList = ListPage | 'digest';

export const firstPage = (kind: 'hot' | 'mine', filter?: ListFilter): ListPage => ({
  kind,
  offset: 0,
  messageId: null,
  filter,
});

export const NO_SUCH_LIST: Drawing = {
  text: 'This list no longer exists. Ask for it again with `/lead hot` or `/lead mine`.',
  blocks: [],
};

/** Null for an invalid value. */
export const listIn = (value: string): PrivateList | null =>
  value === 'digest' ? value : parsePage(value);

/** The list for one user. */
export async function listAnswer(
  deps: ListenerDeps,
  grant: AccessGrant,
  list: PrivateList,
  user: string,
): Promise<Drawing> {
  const drawn = await drawList(deps, grant, list, user);
  // An empty list is one sentence, and nothing to share.
  const answer =
    drawn.blocks.length > 1
      ? withShareButton(list === 'digest' ? list : pageValue(list), drawn)
      : drawn;
  return grant.reach === 'everything' ? answer : limitedToChannels(answer, grant.reach);
}

/** The list for everyone in a channel. */
export async function listToShare(
  deps: ListenerDeps,
  grant: AccessGrant,
  list: PrivateList,
  user: string,
): Promise<Drawing> {
  const all = await drawList(deps, grant, list, user, mention(user) ?? 'someone');
  const drawn = grant.reach === 'everything' ? all : limitedToChannels(all, grant.reach);
  return sharedList(list === 'digest' ? list : list.kind, drawn, user, deps.now());
}

async function drawList(
  deps: ListenerDeps,
  { alerts, reach }: AccessGrant,
  list: PrivateList,
  user: string,
  whose?: string,
): Promise<Drawing> {
  const { digestChannel, timeZone, now, deadlines } = deps;
  if (list !== 'digest') {
    const found = await readPage(alerts, list, user);
    return list.filter !== undefined && found.total === 0
      ? nothingFits(
          list.kind,
          list.filter,
          Object.values(deadlines).some((ms) => ms !== null),
        )
      : alertList(list, found, user, whose);
  }
  if (reach !== 'everything') return digestUnavailable();
  return digest(await alerts.previewDigest(digestChannel, localDate(now(), timeZone)), {
    timeZone,
  });
}

function readPage(alerts: Alerts, page: ListPage, user: string): Promise<AlertList> {
  const { kind, offset, messageId, filter } = page;
  switch (kind) {
    case 'hot':
      return alerts.hot(PAGE_ROWS, offset, undefined, filter);
    case 'mine':
      return alerts.mine(user, PAGE_ROWS, offset, undefined, filter);
    case 'unclaimed':
      return alerts.openOnes('open', messageId, PAGE_ROWS, offset);
    case 'claimed':
      return alerts.openOnes('claimed', messageId, PAGE_ROWS, offset);
    case 'rollup':
      return alerts.inRollup(messageId ?? '', PAGE_ROWS, offset);
  }
}

/** Replaces a private answer in place. In a channel's message, it opens a new private answer. */
export const turnPage = (deps: ListenerDeps) => async (press: Press) => {
  const list = listIn(press.value);
  if (list === null) return press.tell(NO_SUCH_LIST);
  const drawing = await listAnswer(deps, press.grant, list, press.user);
  if (press.answer === null) await press.tell(drawing);
  else await deps.surface.replaceAnswer(press.answer.url, drawing);
};

/** The list that a private answer shows; null if it is about one company. The block id of the pressed row tells. */
export function listOf({ blockId }: PrivateAnswer): PrivateList | null {
  return blockId.startsWith('digest:') ? 'digest' : parsePage(blockId.replace(/\/\d+$/, ''));
}

/**
 * Redraws the private answer a gesture came from. The gesture itself is done, so failures are only logged.
 * @param picture Unused for a list. Without it, an answer about one company stays as it is.
 */
export async function redrawAnswer(
  deps: ListenerDeps,
  grant: AccessGrant,
  answer: PrivateAnswer,
  user: string,
  picture: AlertPicture | null,
): Promise<void> {
  const list = listOf(answer);
  try {
    const drawing =
      list !== null
        ? await listAnswer(deps, grant, list, user)
        : picture && foundAnswer({ account: picture.account, current: picture }, user);
    if (drawing !== null) await deps.surface.replaceAnswer(answer.url, drawing);
  } catch (error) {
    deps.log.warn('could not redraw a private answer', { user, error });
  }
}
