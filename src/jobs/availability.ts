import { max } from 'date-fns/max';
import type { DenialReason, OutOfReach } from '../core/access.ts';
import type { AccessCheck } from '../core/ports.ts';
import { nextWorking, type WorkingHours } from '../core/working-time.ts';

export interface AvailabilityDeps {
  /** Why a person can't be given an alert; null if they can. */
  whyNotGiven(user: string, alertId: string): Promise<DenialReason | OutOfReach | null>;
  accessCheck: Pick<AccessCheck, 'timeZoneOf'>;
  hours: WorkingHours;
  /** Of AEs for whom Slack reports none. */
  timeZone: string;
}

/** When a person can take a lead, or why they can't. */
export type Availability = { from: Date; timeZone: string } | { why: DenialReason | OutOfReach };

/** @param awayUntil for someone who is away: they are available from when they are back */
export async function availability(
  { whyNotGiven, accessCheck, hours, timeZone: usual }: AvailabilityDeps,
  user: string,
  alertId: string,
  at: Date,
  awayUntil: Date = at,
): Promise<Availability> {
  const why = await whyNotGiven(user, alertId);
  if (why !== null) return { why };
  const timeZone = accessCheck.timeZoneOf(user) ?? usual;
  return { from: nextWorking(max([at, awayUntil]), hours, timeZone), timeZone };
}
