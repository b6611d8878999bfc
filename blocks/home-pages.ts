import type { KnownBlock } from '@slack/types';
import { HOME_ROWS, type HomePages } from '../src/core/home.ts';
import { ids } from './ids.ts';
import { actions, button } from './parts.ts';

/** Where both lists begin, as the value of a button: one is turned, the other stays. */
const pagesValue = ({ mine, unclaimed }: HomePages): string => `${mine}:${unclaimed}`;

/** Null if it isn't such a value. */
export function parseHomePages(value: string): HomePages | null {
  const [, mine, unclaimed] = /^(\d{1,6}):(\d{1,6})$/.exec(value) ?? [];
  return mine === undefined ? null : { mine: Number(mine), unclaimed: Number(unclaimed) };
}

/** *Previous 10* and *Next 10* of one list. `total`: of its leads. */
export function homePageButtons(
  pages: HomePages,
  list: keyof HomePages,
  total: number,
): KnownBlock | null {
  const most = HOME_ROWS[list];
  const at = pages[list];
  const left = total - at - most;
  const to = (offset: number): string => pagesValue({ ...pages, [list]: offset });
  return actions(
    at > 0 ? button(`Previous ${most}`, ids.homePageBack, to(Math.max(0, at - most))) : null,
    left > 0 ? button(`Next ${Math.min(left, most)}`, ids.homePage, to(at + most)) : null,
  );
}
