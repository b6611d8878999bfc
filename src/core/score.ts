import type { AccountLead, ScoreComponents, Tier } from './lead.ts';

/**
 * Weights in percent, in display order. They mirror the generated column `lead_scores.total_score`; a test compares
 * the two in Postgres. The table's owner may have changed the column: `explainedTotal` detects that.
 */
export const WEIGHTS: readonly { key: keyof ScoreComponents; label: string; percent: number }[] = [
  { key: 'usage', label: 'Usage', percent: 30 },
  { key: 'company', label: 'Company', percent: 25 },
  { key: 'expansion', label: 'Expansion', percent: 20 },
  { key: 'champion', label: 'Champion', percent: 15 },
  { key: 'timing', label: 'Timing', percent: 10 },
];

/** Lower bound of the hot tier, in unrounded points. */
export const HOT_FLOOR = 80;

/** Lower bound of each tier, in unrounded points. */
export const TIER_FLOOR: readonly { tier: Tier; points: number }[] = [
  { tier: 'hot', points: HOT_FLOOR },
  { tier: 'warm', points: 60 },
  { tier: 'nurture', points: 40 },
];

/** The unrounded total, 0 to 100. Sums integers, so float errors can't move a tier. */
export function exactTotal(components: ScoreComponents): number {
  return WEIGHTS.reduce((sum, { key, percent }) => sum + components[key] * percent, 0) / 100;
}

/** The unrounded total, if these weights and floors explain the lead's score and tier; else null. */
export function explainedTotal({
  components,
  totalScore,
  tier,
}: Pick<AccountLead, 'components' | 'totalScore' | 'tier'>): number | null {
  if (components === null) return null;
  const exact = exactTotal(components);
  // Postgres rounds half away from zero. So does Math.round, for positive numbers.
  if (totalScore !== null && Math.round(exact) !== totalScore) return null;
  return tier === null || tier === tierAt(exact) ? exact : null;
}

const tierAt = (exact: number): Tier =>
  TIER_FLOOR.find(({ points }) => exact >= points)?.tier ?? 'monitor';

interface Gap {
  /** Unrounded points below HOT_FLOOR; 0 or less for a hot lead. */
  points: number;
  /** Components by how many points each could still add, largest first. */
  levers: readonly { label: string; score: number; couldAdd: number }[];
}

/** How far a lead is from hot, and which components hold it back. */
export function gapToHot(components: ScoreComponents): Gap {
  const levers = WEIGHTS.map(({ key, label, percent }) => ({
    label,
    score: components[key],
    couldAdd: ((100 - components[key]) * percent) / 100,
  })).sort((a, b) => b.couldAdd - a.couldAdd);
  return { points: HOT_FLOOR - exactTotal(components), levers };
}
