import { readFilter } from '../src/core/list-filter.ts';
import { LIST_KINDS, type ListPage, PAGE_ROWS } from '../src/core/lookup.ts';
import { ids } from './ids.ts';
import { actions, button } from './parts.ts';

/** A page as the value of a button: `hot:15`, `hot:0?fintech`, `rollup:30:<message id>`. At most 130 characters. */
export const pageValue = ({ kind, offset, messageId, filter }: ListPage): string =>
  `${kind}:${offset}${messageId === null ? '' : `:${messageId}`}${filter === undefined ? '' : `?${filter.text}`}`;

const PAGE =
  /^([a-z]{1,20}):(\d{1,6})(?::([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?(?:\?(.{1,100}))?$/;

/** Null if it isn't a page. */
export function parsePage(value: string): ListPage | null {
  const [, word, offset, messageId = null, words] = PAGE.exec(value) ?? [];
  const kind = LIST_KINDS.find((one) => one === word);
  if (kind === undefined || (kind === 'rollup' && messageId === null)) return null;
  const page = { kind, offset: Number(offset), messageId };
  if (words === undefined) return page;
  const read = readFilter(words);
  return read.kind === 'filter' && (kind === 'hot' || kind === 'mine')
    ? { ...page, filter: read.filter }
    : null;
}

/** *Previous 15* and *Next 15*. `page` is the next page, `next` the number of rows from there on. */
export function pageButtons(page: ListPage, { next, back }: { next: number; back: boolean }) {
  const previous = { ...page, offset: Math.max(0, page.offset - 2 * PAGE_ROWS) };
  return actions(
    back ? button(`Previous ${PAGE_ROWS}`, ids.previousPage, pageValue(previous)) : null,
    next > 0 ? button(`Next ${Math.min(next, PAGE_ROWS)}`, ids.nextPage, pageValue(page)) : null,
  );
}
