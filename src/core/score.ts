import type { AccountLead, ScoreComponents, Tier } from './lead.ts';

/** Weights of the total in per cent, in the order in which a person reads them. They mirror the given
 * generated column `lead_scores.total_score`; a test compares the two on the real Postgres. Whoever owns
 * the table may have changed them: `explainedTotal` knows. */
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

/**
 * The unrounded total of a lead whose score and tier come of these weights and floors; null without
 * components, and where the owner of the table has changed the weights or the floors.
 */
export function explainedTotal({
  components,
  totalScore,
  tier,
}: Pick<AccountLead, 'components' | 'totalScore' | 'tier'>): number | null {
  if (components === null) return null;
  const exact = exactTotal(components);
  // Postgres rounds half away from zero, as Math.round does for positive numbers.
  if (totalScore !== null && Math.round(exact) !== totalScore) return null;
  return tier === null || tier === tierAt(exact) ? exact : null;
}

const tierAt = (exact: number): Tier =>
  TIER_FLOOR.find(({ points }) => exact >= points)?.tier ?? 'monitor';

interface Gap {
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
