import type { Lead } from './lead.ts';

/** A lead that is hot and belongs to no open alert yet. */
export interface EnteringLead {
  lead: Lead;
  accountKey: string;
  /**
   * The account's open alert, which this lead will join. One without a card of its own is a row of a
   * roll-up, or silent; where there is none, the lead opens it.
   */
  openAlert: 'none' | 'with-card' | 'without-card';
}

/** A row that does not fit the contract of `lead_dashboard`. */
export interface MalformedLead {
  developerId: string;
  /**
   * True when the lead can't be shown until its row is mended; false when only decoration is wrong,
   * and the lead enters without it.
   */
  setAside: boolean;
  /** What is wrong, per field; never holds the value itself, which may be personal data. */
  problems: readonly { field: string; problem: string }[];
}

export interface Changes {
  /** True until a poll has been recorded in this database for the first time. */
  firstRun: boolean;
  /** Best score first. */
  entering: readonly EnteringLead[];
  malformed: readonly MalformedLead[];
  /** Whether a lead of an open alert has left, come back or got new figures. */
  moved: boolean;
  /** There may be more entering leads than these, for the polls that follow. */
  more: boolean;
}

export interface PollPolicy {
  /** Channel id of cards and roll-ups. */
  channel: string;
  firstRun: 'rollup' | 'cards' | 'silent';
  /** More new alerts than this at once are probably a re-score: the rest goes into one roll-up. */
  maxCardsPerPoll: number;
  /** How long an account must be out of hot before that is believed. */
  rearmAfterMs: number;
}

export interface PollPlan {
  entries: readonly { developerId: string; show: 'card' | 'rollup' | 'none' }[];
  rollupReason: 'first-run' | 'storm';
  /** The first poll goes on: what else is hot already is no news either. */
  unfinished: boolean;
}

/**
 * Decides how each entering lead is shown; null when there is nothing to record.
 * Leads of one account are shown together, so the card limit counts accounts and not developers. An
 * account whose alert has no card so far counts as well: a lead that joins it is news of it.
 */
export function planPoll(changes: Changes, policy: PollPolicy): PollPlan | null {
  if (!changes.firstRun && !changes.moved && changes.entering.length === 0) return null;

  // One that joins shows on the card that is there; should that alert have closed, it opens one with a card.
  const needsCard = new Set<string>();
  for (const { accountKey, openAlert } of changes.entering) {
    if (openAlert !== 'with-card') needsCard.add(accountKey);
  }
  const tooMany = new Set([...needsCard].slice(policy.maxCardsPerPoll));
  const show = (accountKey: string): 'card' | 'rollup' | 'none' => {
    if (changes.firstRun && policy.firstRun === 'silent') return 'none';
    if (changes.firstRun && policy.firstRun === 'rollup') return 'rollup';
    return tooMany.has(accountKey) ? 'rollup' : 'card';
  };

  return {
    entries: changes.entering.map(({ lead, accountKey }) => ({
      developerId: lead.developerId,
      show: show(accountKey),
    })),
    rollupReason: changes.firstRun ? 'first-run' : 'storm',
    unfinished: changes.firstRun && changes.more && changes.entering.length > 0,
  };
}
