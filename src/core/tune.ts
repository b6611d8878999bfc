import type { OutcomeKind } from './alert.ts';
import type { ScoreComponents } from './lead.ts';

/** Another threshold of the hot tier, or other weights. */
export interface Tuning {
  /** In points, 1 to 100. */
  threshold: number;
  /** In per cent, 0 to 100 each, 100 in all. */
  weights: ScoreComponents;
}

/** What a tuning would have done with the history that is kept. */
export interface Replay {
  from: Date;
  to: Date;
  tuning: Tuning;
  /** Alerts a week. */
  perWeek: { now: number; instead: number };
  /** Contacted or won ones that would have been missed. `examples`: the best ones, at most 5. Escape the names. */
  missed: {
    contacted: number;
    won: number;
    examples: readonly { name: string; domain: string | null; outcome: OutcomeKind | null }[];
  };
  /** Not-a-fits that would have been avoided. */
  avoided: { notAFit: number; of: number };
  /** Alerts that would come in addition, and whether their number is an estimate from a sample. */
  added: { alerts: number; estimated: boolean };
}
