import type { DenialReason, OutOfReach } from './access.ts';
import type { AccessCheck, CardChannels } from './ports.ts';

const WAIT_MS = 1_000;

/** Why a person can't be given an alert; null if they can. */
export async function whyNotGiven(
  {
    accessCheck,
    cardChannels,
  }: { accessCheck: Pick<AccessCheck, 'decide'>; cardChannels: Pick<CardChannels, 'holds'> },
  user: string,
  alertId: string,
): Promise<DenialReason | OutOfReach | null> {
  const decision = await accessCheck.decide(user, WAIT_MS);
  if ('why' in decision) return decision.why;
  if (decision.reach === 'everything') return null;
  return (await cardChannels.holds(decision.reach, alertId)) ? null : 'other-channel';
}
