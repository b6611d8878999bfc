import type { AlertPicture } from '../src/core/alert.ts';
import { type AlertList, type ListPage, PAGE_ROWS } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import { alertRow } from './alert-row.ts';
import { pageButtons, pageValue } from './list-page.ts';
import { context, message, section } from './parts.ts';
import { safe } from './text.ts';

const EMPTY: Readonly<Record<ListPage['kind'], string>> = {
  hot: 'No leads are hot right now.',
  mine: "You haven't claimed any leads. `/lead hot` shows what is free.",
  unclaimed: 'No more leads to claim.',
  claimed: 'No more leads to contact.',
  rollup: 'These leads are no longer available.',
};

/** A page of a private list. `owner` is mrkdwn: `you`, or a mention when the list is shared. */
export function alertList(
  page: ListPage,
  { alerts, total }: AlertList,
  viewer: string,
  owner = 'you',
): Drawing {
  const { kind, offset } = page;
  // The last page may have emptied since; the pages before it are still there.
  if (alerts.length === 0 && (offset === 0 || total === 0)) {
    return message(EMPTY[kind], [section(EMPTY[kind])]);
  }
  const shown = alerts.slice(0, PAGE_ROWS);
  const end = offset + shown.length;
  const all = Math.max(total, end);
  const text = title(page, all, owner);
  const place = all > shown.length && shown.length > 0 ? ` · ${offset + 1} to ${end}` : '';
  return message(text, [
    section(`*${text}*${place}`),
    ...shown.flatMap((picture, at) => [
      kind === 'mine' ? context(heading(picture, shown[at - 1])) : null,
      ...alertRow(picture, viewer, `${pageValue(page)}/${at}`),
    ]),
    pageButtons({ ...page, offset: offset + PAGE_ROWS }, { next: all - end, back: offset > 0 }),
  ]);
}

/** Of the rows from here on; null if they continue those before. */
function heading(picture: AlertPicture, before: AlertPicture | undefined): string | null {
  const title = part(picture);
  return before !== undefined && part(before) === title ? null : `*${title}*`;
}

/** What an AE has to do about leads of theirs. */
export const TO_CONTACT = 'To contact';
export const TO_FOLLOW_UP = 'Contacted, waiting for an outcome';
export const TO_TRY_AGAIN = 'To try again';

function part({ alert }: AlertPicture): string {
  if (alert.status === 'contacted') return alert.outcome === null ? TO_FOLLOW_UP : TO_TRY_AGAIN;
  return alert.status === 'open' ? 'To claim or pass' : TO_CONTACT;
}

function title({ kind, messageId, filter }: ListPage, all: number, owner: string): string {
  const leads = all === 1 ? '1 lead' : `${all} leads`;
  const more = messageId === null ? leads : all === 1 ? '1 more lead' : `${all} more leads`;
  const narrowed = filter === undefined ? '' : `: ${safe(filter.text, 100)}`;
  switch (kind) {
    case 'hot':
      return `${all === 1 ? '1 hot lead' : `${all} hot leads`}${narrowed}`;
    case 'mine':
      return `${leads} for ${owner}${narrowed}`;
    case 'unclaimed':
      return `${more} to claim`;
    case 'claimed':
      return `${more} to contact`;
    case 'rollup':
      return `All ${leads}`;
  }
}
