import type { z } from 'zod';
import type { Digest } from '../core/digest.ts';
import type { digestFrame, sectionedAlerts } from './supabase-rows.ts';

/** Builds a digest from its stored frame and the current alerts. */
export function toDigest(
  id: string | null,
  frame: z.infer<typeof digestFrame>,
  localDate: string,
  alerts: z.infer<typeof sectionedAlerts>,
): Digest {
  const rows = (section: string) =>
    alerts.filter((row) => row.section === section).map((row) => row.picture);
  return {
    id,
    localDate,
    madeAt: frame.made_at,
    since: frame.since,
    counts: frame.counts,
    unclaimed: rows('unclaimed'),
    claimed: rows('claimed'),
    contacted: rows('contacted'),
    cooled: rows('cooled'),
  };
}
