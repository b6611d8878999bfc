import { accountOf, isHot, type Scores } from './leads.ts';
import { LEADS } from './scenario.ts';

/** What one lead is, as far as it is committed. */
interface LeadState {
  /** When the newest score was written: a transaction that began earlier and commits later is not the newest. */
  scoredAt: number;
  score: number;
  hot: boolean;
  /** When the last transaction that wrote the lead was committed. */
  changedAt: number;
  /** Whether it wrote a hot score, and the triggers saw it. */
  markedHot: boolean;
  /** How often a hot score was written. */
  hotScores: number;
  /** Since when it has been hot or not so, oldest first. */
  tiers: { since: number; hot: boolean }[];
}

/** What the scoring pipeline has written, known without a question to the bot's SQL. */
export class Pipeline {
  readonly #leads = new Map<number, LeadState>();
  readonly #deleted = new Set<number>();
  readonly #accounts = new Map<number, string | null>();
  /** Whether the bot's triggers stand. */
  triggers = true;
  /** Whether the scores of some leads are missing, in a table that is being loaded again. */
  loading = false;
  /** Whether the triggers have not seen something: then the bot knows when it looks at everything. */
  unseen = false;

  /** @param begunAt the time that the rows have; they can be seen from `now` on */
  committed(scores: Scores, begunAt: number, now: number): void {
    this.unseen ||= !this.triggers;
    for (const [lead, score] of scores) {
      const key = lead % LEADS.length;
      if (this.#deleted.has(key)) continue;
      const before = this.#leads.get(key);
      const newest = before === undefined || begunAt > before.scoredAt;
      const hot = newest ? isHot(score) : before.hot;
      this.#leads.set(key, {
        scoredAt: newest ? begunAt : before.scoredAt,
        score: newest ? score : before.score,
        hot,
        hotScores: (before?.hotScores ?? 0) + (isHot(score) ? 1 : 0),
        changedAt: now,
        markedHot: isHot(score) && this.triggers,
        tiers: [...(before?.tiers ?? []), { since: now, hot }],
      });
    }
  }

  /** Deletes a lead; its scores go with it, which no trigger sees. */
  deleted(lead: number, now: number): void {
    const key = lead % LEADS.length;
    const before = this.#leads.get(key);
    if (before === undefined) return;
    this.#deleted.add(key);
    this.unseen = true;
    this.#leads.set(key, {
      ...before,
      hot: false,
      changedAt: now,
      tiers: [...before.tiers, { since: now, hot: false }],
    });
  }

  /** Gives a lead another domain, which no trigger sees. */
  moved(lead: number, domain: number): void {
    const key = lead % LEADS.length;
    if (this.#deleted.has(key)) return;
    this.unseen = true;
    this.#accounts.set(key, accountOf(key, domain));
  }

  /** Null for no company. */
  accountOf(lead: number): string | null {
    const moved = this.#accounts.get(lead);
    return moved === undefined ? accountOf(lead) : moved;
  }

  /** Whether any lead was given another domain. */
  get anyMoved(): boolean {
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

  /** Whether the lead was hot; a table that is being loaded again changes nothing about that. */
  wasHot(lead: number, at: number): boolean {
    return this.#leads.get(lead)?.tiers.findLast(({ since }) => since <= at)?.hot ?? false;
  }

  /** When anything about the lead was last written. */
  changedAt(lead: number): number {
    return this.#leads.get(lead)?.changedAt ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * Leads that are hot, and whose last change before that moment said so: a poll that began then sees them. One
   * that got another domain may have to wait for a sweep.
   */
  hotSince(moment: number): number[] {
    return LEADS.filter((lead) => {
      if (this.#accounts.has(lead)) return false;
      const state = this.#leads.get(lead);
      return state?.hot && state.markedHot && state.changedAt < moment;
    });
  }
}
