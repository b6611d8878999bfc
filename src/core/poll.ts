import type { Lead } from './lead.ts';

/** A hot lead that belongs to no open alert yet. */
export interface EnteringLead {
  lead: Lead;
  accountKey: string;
  /**
   * Whether the account has an open alert, which this lead will join. One without a card is a row of a roll-up, or
   * silent.
   */
  openAlert: 'none' | 'with-card' | 'without-card';
}

/** A row of `lead_dashboard` with invalid values. */
export interface MalformedLead {
  developerId: string;
  /** True if the lead can't be shown until its row is fixed; false if it is shown without the invalid values. */
  setAside: boolean;
  /** Never the values, which may be personal data. */
  problems: readonly { field: string; problem: string }[];
}

export interface Changes {
  /** True until all leads that were hot at the first start have been recorded. */
  firstRun: boolean;
  /** Best score first. */
  entering: readonly EnteringLead[];
  malformed: readonly MalformedLead[];
  /** Ids of the change marks that these were read from. */
  marks: readonly number[];
  /** There may be more marks. */
  more: boolean;
  /** Cards and replies created within the last minute. They count toward `maxCardsPerPoll`. */
  recentCards: number;
  /** Whether `follow` has work: a lead of an open alert changed, or an alert is due to close or redraw. */
  moved: boolean;
  /** Whether someone must be chosen for an offer. */
  offersDue: boolean;
  /** Whether an alert may need a step. */
  stepsDue: boolean;
  /** Whether a webhook is due. */
  outcomesDue: boolean;
  /** Whether a sweep has ever run. */
  swept: boolean;
  sweepDue: boolean;
}

/** Result of a sweep, which compares all hot leads with the open alerts. */
export interface SweepSummary {
  /** False if another bot is sweeping. */
  swept: boolean;
  /** Hot leads without an open alert. */
  found: number;
  /** Leads of open alerts that are not hot. A second sweep must confirm. */
  missing: number;
  /** The confirmed ones. The next poll records that they left. */
  believed: number;
  ms: number;
  /** So many are missing that the tables are probably being reloaded. */
  large: boolean;
}

export interface PollPolicy {
  /** Channel id of cards and roll-ups. */
  channel: string;
  firstRun: 'rollup' | 'cards' | 'silent';
  /** More than this within a minute is probably a re-score, so the rest goes into one roll-up. */
  maxCardsPerPoll: number;
  /** Who gets first call on a new lead with a card: its account owner, or the next of the rotation. */
  offerTo: { owners: boolean; rotation: boolean };
  /** How long an account must not be hot before its alert closes. */
  rearmAfterMs: number;
}

export interface PollPlan {
  entries: readonly { developerId: string; show: 'card' | 'rollup' | 'none' }[];
  rollupReason: 'first-run' | 'storm';
  /** The first run continues with the next poll. */
  unfinished: boolean;
  /** Marks to delete, including those of invalid rows. A sweep finds those again. */
  marks: readonly number[];
}

/**
 * Decides how each entering lead is shown; null if there is nothing to record.
 * Leads of one account are shown together, so the card limit counts accounts. That includes accounts that already
 * have a card, where a new lead becomes a reply in its thread.
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
