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
  /** True until everything that was hot when the bot first started has been recorded. */
  firstRun: boolean;
  /** Best score first. */
  entering: readonly EnteringLead[];
  malformed: readonly MalformedLead[];
  /** Ids of the marks of hot leads that these changes were read from. */
  marks: readonly number[];
  /** There may be more marks of hot leads than these. */
  more: boolean;
  /** Cards and replies that were wanted within this minute: they count towards `maxCardsPerPoll`. */
  recentCards: number;
  /** Whether there is anything to follow: a lead of an open alert has changed, or an alert is to be closed or redrawn. */
  moved: boolean;
  /** Whether a sweep has ever looked at all hot leads. */
  swept: boolean;
  sweepDue: boolean;
}

/** What a sweep has found by comparing all hot leads with the open alerts. */
export interface SweepSummary {
  /** False when another bot is sweeping. */
  swept: boolean;
  /** Hot leads that no open alert had. */
  found: number;
  /** Leads of open alerts that it did not find hot; a second sweep has to agree. */
  missing: number;
  /** The same, agreed on: the next poll notes that they have left. */
  believed: number;
  ms: number;
  /** So many are missing that the tables look as if they were being loaded again. */
  large: boolean;
}

export interface PollPolicy {
  /** Channel id of cards and roll-ups. */
  channel: string;
  firstRun: 'rollup' | 'cards' | 'silent';
  /** More news than this within a minute is probably a re-score: the rest goes into one roll-up. */
  maxCardsPerPoll: number;
  /** How long an account must be out of hot before that is believed. */
  rearmAfterMs: number;
}

export interface PollPlan {
  entries: readonly { developerId: string; show: 'card' | 'rollup' | 'none' }[];
  rollupReason: 'first-run' | 'storm';
  /** The first run goes on: what else is hot already is no news either. */
  unfinished: boolean;
  /** The marks that the plan settles, also those of leads that are set aside: a sweep finds them again. */
  marks: readonly number[];
}

/**
 * Decides how each entering lead is shown; null when there is nothing to record.
 * Leads of one account are shown together, so the card limit counts accounts and not developers. A
 * colleague who joins an alert that has a card is news of that account, told in the card's thread.
 */
export function planPoll(changes: Changes, policy: PollPolicy): PollPlan | null {
  const { firstRun, entering, marks } = changes;
  const unfinished = firstRun && (changes.more || !changes.swept);
  if (marks.length === 0 && entering.length === 0 && (!firstRun || unfinished)) return null;

  const budget = Math.max(0, policy.maxCardsPerPoll - changes.recentCards);
  const accounts = new Set(entering.map(({ accountKey }) => accountKey));
  const tooMany = new Set([...accounts].slice(budget));
  const show = (accountKey: string): 'card' | 'rollup' | 'none' => {
    if (firstRun && policy.firstRun === 'silent') return 'none';
    if (firstRun && policy.firstRun === 'rollup') return 'rollup';
    return tooMany.has(accountKey) ? 'rollup' : 'card';
  };

  return {
    entries: entering.map(({ lead, accountKey }) => ({
      developerId: lead.developerId,
      show: show(accountKey),
    })),
    rollupReason: firstRun ? 'first-run' : 'storm',
    unfinished,
    marks,
  };
}
