import type { ScoreComponents, Tier } from './lead.ts';

/** Weights of the total in per cent, in the order in which a person reads them. They mirror the
 * generated column `lead_scores.total_score`; a test compares the two on the real Postgres. */
export const WEIGHTS: readonly { key: keyof ScoreComponents; label: string; percent: number }[] = [
  { key: 'usage', label: 'Usage', percent: 30 },
  { key: 'company', label: 'Company', percent: 25 },
  { key: 'expansion', label: 'Expansion', percent: 20 },
  { key: 'champion', label: 'Champion', percent: 15 },
  { key: 'timing', label: 'Timing', percent: 10 },
];

/** Where each tier begins, in unrounded points. */
export const TIER_FLOOR: readonly { tier: Tier; points: number }[] = [
  { tier: 'hot', points: 80 },
  { tier: 'warm', points: 60 },
  { tier: 'nurture', points: 40 },
];

/** The unrounded total, 0 to 100 points. Sums in hundredths, so 0.1 + 0.2 can't move a tier. */
export function exactTotal(components: ScoreComponents): number {
  return WEIGHTS.reduce((sum, { key, percent }) => sum + components[key] * percent, 0) / 100;
}

export interface Gap {
  /** Unrounded points missing to 80; 0 or less for a hot lead. */
  points: number;
  /** Components by the points that each could still add, largest first. */
  levers: readonly { label: string; score: number; couldAdd: number }[];
}

/** How far a lead is from hot, and which components hold it back. */
export function gapToHot(components: ScoreComponents): Gap {
  const levers = WEIGHTS.map(({ key, label, percent }) => ({
    label,
    score: components[key],
    couldAdd: ((100 - components[key]) * percent) / 100,
  })).sort((a, b) => b.couldAdd - a.couldAdd);
  return { points: 80 - exactTotal(components), levers };
}
