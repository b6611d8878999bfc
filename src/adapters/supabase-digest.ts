import type { z } from 'zod';
import type { Digest, DigestChanges } from '../core/digest.ts';
import type { digestFrame, sectionedAlerts } from './supabase-rows.ts';

/** Builds a digest from its stored frame and its alerts. */
export function toDigest(
  id: string | null,
  frame: z.infer<typeof digestFrame>,
  localDate: string,
  alerts: z.infer<typeof sectionedAlerts>,
): Digest {
  const rows = (section: string) =>
    alerts.filter((row) => row.section === section).map((row) => row.picture);
  const { counts } = frame;
  const { opened, contacted, cooled } = counts;
  return {
    id,
    localDate,
    asOf: frame.as_of ?? frame.made_at,
    since: frame.since,
    unclaimed: rows('unclaimed'),
    claimed: rows('claimed'),
    contacted: rows('contacted'),
    notAFit: rows('not-a-fit'),
    snoozed: rows('snoozed'),
    cooled: rows('cooled'),
    counts: {
      unclaimed: counts.unclaimed,
      claimed: counts.claimed,
      contacted,
      notAFit: counts['not-a-fit'],
      snoozed: counts.snoozed,
      cooled,
    },
    changes: toChanges(frame.changes ?? { ...UNKNOWN, opened, contacted, cooled }),
    outcomes: frame.outcomes,
    week: frame.week ?? null,
  };
}

/** Of a digest made by an older version. */
const UNKNOWN = { before: null, back: 0, 'not-a-fit': 0, snoozed: 0, merged: 0, erased: 0 };

const toChanges = ({
  'not-a-fit': notAFit,
  ...changes
}: NonNullable<z.infer<typeof digestFrame>['changes']>): DigestChanges => ({ ...changes, notAFit });
