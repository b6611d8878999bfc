import { isHot, type Scores } from './leads.ts';
import { LEADS } from './scenario.ts';

/** What one lead is, as far as it is committed. */
interface LeadState {
  /** When the newest score was written: a transaction that began earlier and commits later is not the newest. */
  scoredAt: number;
  hot: boolean;
  /** When the last transaction that wrote the lead was committed, and whether it wrote a hot score. */
  changedAt: number;
  turnedHot: boolean;
}

/** What the scoring pipeline has written, known without a question to the bot's SQL. */
export class Pipeline {
  readonly #leads = new Map<number, LeadState>();

  /** @param begunAt the time that the rows have; they can be seen from `now` on */
  committed(scores: Scores, begunAt: number, now: number): void {
    for (const [lead, score] of scores) {
      const key = lead % LEADS.length;
      const before = this.#leads.get(key);
      const newest = before === undefined || begunAt > before.scoredAt;
      this.#leads.set(key, {
        scoredAt: newest ? begunAt : before.scoredAt,
        hot: newest ? isHot(score) : before.hot,
        changedAt: now,
        turnedHot: isHot(score),
      });
    }
  }

  isHot(lead: number): boolean {
    return this.#leads.get(lead)?.hot ?? false;
  }

  /** When anything about the lead was last written. */
  changedAt(lead: number): number {
    return this.#leads.get(lead)?.changedAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Leads that are hot, and whose last change before that moment said so: a poll that began then sees them. */
  hotSince(moment: number): number[] {
    return LEADS.filter((lead) => {
      const state = this.#leads.get(lead);
      return state?.hot && state.turnedHot && state.changedAt < moment;
    });
  }
}
