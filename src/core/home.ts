import type { AlertPicture } from './alert.ts';
import type { Absence } from './away.ts';
import type { AlertList } from './lookup.ts';
import type { MyNumbers } from './stats.ts';
import type { Deadlines, Mutable, NewsItem } from './steps.ts';

/** Where each list of a Home tab begins. */
export interface HomePages {
  mine: number;
  unclaimed: number;
}

export const HOME_ROWS = { mine: 10, offers: 5, unclaimed: 10, moved: 5 } as const;

/** What one AE's Home tab shows, all of one moment. */
export interface HomeRows {
  /** By the database's clock, which also decides when the tab is drawn again because something is late. */
  readAt: Date;
  pages: HomePages;
  /** Theirs, by what is due: late first. */
  mine: AlertList;
  /** First call is theirs. */
  offers: AlertList;
  /** Hot and free, in their channels. */
  unclaimed: AlertList;
  /** They contacted these, and something has changed since. */
  moved: { rows: readonly { picture: AlertPicture; news: readonly NewsItem[] }[]; total: number };
  /** What they did last, while they can undo it: `alert.undo.actor` is the AE. */
  done: AlertPicture | null;
  numbers: MyNumbers;
}

/** A Home tab with everything that it shows. */
export interface Home {
  /** Slack user id. */
  user: string;
  rows: HomeRows;
  muted: ReadonlySet<Mutable>;
  isManager: boolean;
  absence: Absence | null;
  /** Until when the colleague who got the lead of `rows.done` is away. */
  awayUntil: Date | null;
  deadlines: Deadlines;
  /** The AE's. */
  timeZone: string;
  /** Those that limit what is listed; null for no limit. */
  channels: readonly string[] | null;
}
