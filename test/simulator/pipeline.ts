import { accountOf, isHot, type Scores } from './leads.ts';
import { LEADS } from './scenario.ts';

/** The committed state of a lead. */
interface LeadState {
  /** Time of the newest score. A transaction that began earlier but commits later does not replace it. */
  scoredAt: number;
  score: number;
  hot: boolean;
  /** Commit time of the last transaction that wrote the lead. */
  changedAt: number;
  /** Whether it wrote a hot score that the triggers saw. */
  markedHot: boolean;
  /** Number of hot scores written. */
  hotScores: number;
  /** What it was since when, oldest first. */
  tiers: { since: number; hot: boolean; score: number }[];
}

/** Everything the scoring pipeline has written, tracked independently of the bot's SQL. */
export class Pipeline {
  readonly #leads = new Map<number, LeadState>();
  readonly #deleted = new Set<number>();
  readonly #overtaken = new Set<number>();
  readonly #accounts = new Map<number, string | null>();
  /** Whether the bot's triggers are enabled. */
  triggers = true;
  /** Whether some scores are missing because the table is being reloaded. */
  loading = false;
  /** Whether the triggers missed a change, which the bot then only finds in a sweep. */
  missedByTriggers = false;

  /** @param begunAt time of the rows, which are visible from `now` on */
  committed(scores: Scores, begunAt: number, now: number): void {
    this.missedByTriggers ||= !this.triggers;
    for (const [lead, score] of scores) {
      const key = lead % LEADS.length;
      if (this.#deleted.has(key)) continue;
      const before = this.#leads.get(key);
      const newest = before === undefined || begunAt > before.scoredAt;
      if (!newest && this.loading) this.#overtaken.add(key);
      const hot = newest ? isHot(score) : before.hot;
      const current = newest ? score : before.score;
      this.#leads.set(key, {
        scoredAt: newest ? begunAt : before.scoredAt,
        score: current,
        hot,
        hotScores: (before?.hotScores ?? 0) + (isHot(score) ? 1 : 0),
        changedAt: now,
        markedHot: isHot(score) && this.triggers,
        tiers: [...(before?.tiers ?? []), { since: now, hot, score: current }],
      });
    }
  }

  /** Deletes a lead with its scores. No trigger sees this. */
  deleted(lead: number, now: number): void {
    const key = lead % LEADS.length;
    const before = this.#leads.get(key);
    if (before === undefined) return;
    this.#deleted.add(key);
    this.missedByTriggers = true;
    this.#leads.set(key, {
      ...before,
      hot: false,
      changedAt: now,
      tiers: [...before.tiers, { since: now, hot: false, score: before.score }],
    });
  }

  /** Scores were deleted or loaded. Without triggers, only a sweep finds who is hot. */
  reloaded(): void {
    if (this.triggers) return;
    this.missedByTriggers = true;
    for (const [key, state] of this.#leads) this.#leads.set(key, { ...state, markedHot: false });
  }

  /** Changes a lead's domain. No trigger sees this. */
  domainChanged(lead: number, domain: number): void {
    const key = lead % LEADS.length;
    if (this.#deleted.has(key)) return;
    this.missedByTriggers = true;
    this.#accounts.set(key, accountOf(key, domain));
  }

  /** Whether an older score was all there was of a lead for a moment, while the newest was being loaded. */
  wasOvertaken(lead: number): boolean {
    return this.#overtaken.has(lead % LEADS.length);
  }

  /** Null without a company. */
  accountOf(lead: number): string | null {
    const moved = this.#accounts.get(lead);
    return moved === undefined ? accountOf(lead) : moved;
  }

  get anyDomainChanged(): boolean {
    return this.#accounts.size > 0;
  }

  isDeleted(lead: number): boolean {
    return this.#deleted.has(lead % LEADS.length);
  }

  isHot(lead: number): boolean {
    return this.#leads.get(lead)?.hot ?? false;
  }

  score(lead: number): number | null {
    return this.#leads.get(lead)?.score ?? null;
  }

  hotScores(lead: number): number {
    return this.#leads.get(lead)?.hotScores ?? 0;
  }

  /** Whether the lead was hot. A reload of the table doesn't change that. */
  wasHot(lead: number, at: number): boolean {
    return this.#leads.get(lead)?.tiers.findLast(({ since }) => since <= at)?.hot ?? false;
  }

  /** The highest score at any moment from `since` on. */
  bestScore(lead: number, since: number): number {
    const tiers = this.#leads.get(lead)?.tiers ?? [];
    const first = tiers.findLastIndex((one) => one.since <= since);
    return Math.max(...tiers.slice(Math.max(0, first)).map(({ score }) => score));
  }

  /** Time of the last change to the lead. */
  changedAt(lead: number): number {
    return this.#leads.get(lead)?.changedAt ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * Hot leads that a poll starting at this moment must see: a trigger saw their last change, and it was before
   * then. Excludes leads whose domain changed, which may need a sweep.
   */
  hotSince(moment: number): number[] {
    return LEADS.filter((lead) => {
      if (this.#accounts.has(lead)) return false;
      const state = this.#leads.get(lead);
      return state?.hot && state.markedHot && state.changedAt < moment;
    });
  }
}
