import { FATES, type Fate, type FateCounts } from '../src/core/why.ts';
import { dotted } from './parts.ts';

/** What came of leads that turned hot, after a count: `3 got a card`. */
const WORDS: Readonly<Record<Fate, string>> = {
  card: 'got a card',
  rollup: 'in a roll-up',
  joined: "joined a colleague's card",
  returned: 'came back to their card',
  'not-a-fit': 'marked as not a fit',
  snoozed: 'snoozed',
  merged: "on their company's other card",
  silent: 'hot before my first run',
  personal: 'with a personal address',
  'not-shown': 'not in `lead_dashboard`',
  'set-aside': 'with an unreadable row',
  brief: 'hot too briefly',
  waiting: 'waiting',
  unknown: 'not known',
};

/** `42 leads turned hot: 30 got a card · 12 with a personal address`. The counts add up. */
export function fateCounts(counts: FateCounts): string {
  const total = FATES.reduce((sum, fate) => sum + (counts[fate] ?? 0), 0);
  if (total === 0) return 'No lead turned hot.';
  const parts = FATES.map((fate) => (counts[fate] ? `${counts[fate]} ${WORDS[fate]}` : null));
  return `${total === 1 ? '1 lead' : `${total} leads`} turned hot: ${dotted(parts)}`;
}
