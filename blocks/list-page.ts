import { LIST_KINDS, type ListPage, PAGE_ROWS } from '../src/core/lookup.ts';
import { ids } from './ids.ts';
import { actions, button } from './parts.ts';

/** A page as the value of a button: `hot:15`, `rollup:30:<message id>`. */
export const pageValue = ({ kind, offset, messageId }: ListPage): string =>
  `${kind}:${offset}${messageId === null ? '' : `:${messageId}`}`;

const PAGE = /^([a-z]{1,20}):(\d{1,6})(?::([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?$/;

/** Null if it isn't a page. */
export function parsePage(value: string): ListPage | null {
  const [, word, offset, messageId = null] = PAGE.exec(value) ?? [];
  const kind = LIST_KINDS.find((one) => one === word);
  if (kind === undefined || (kind === 'rollup' && messageId === null)) return null;
  return { kind, offset: Number(offset), messageId };
}

/** *Previous 15* and *Next 15*. `page` is the next page, `next` the number of rows from there on. */
export function pageButtons(page: ListPage, { next, back }: { next: number; back: boolean }) {
  const previous = { ...page, offset: Math.max(0, page.offset - 2 * PAGE_ROWS) };
  return actions(
    back ? button(`Previous ${PAGE_ROWS}`, ids.previousPage, pageValue(previous)) : null,
    next > 0 ? button(`Next ${Math.min(next, PAGE_ROWS)}`, ids.nextPage, pageValue(page)) : null,
  );
}
