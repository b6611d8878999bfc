import type { DenialReason } from '../core/access.ts';
import type { AlertPicture, Refusal } from '../core/alert.ts';
import type { GestureRights } from '../core/ports.ts';
import type { ListenerDeps } from './deps.ts';

const WAIT_MS = 1_000;

export const rightsOf = async (
  { managers }: Pick<ListenerDeps, 'managers'>,
  user: string,
): Promise<GestureRights> => ({ isManager: await managers.include(user) });

/** Whether an owner can no longer work on leads. Nobody is gone while Slack doesn't say so. */
export async function isGone(
  deps: Pick<ListenerDeps, 'accessCheck'>,
  owner: string,
): Promise<boolean> {
  const why = await whyNotAdmitted(deps, owner);
  return why !== null && why !== 'unchecked';
}

/** Why a person can't work on any leads; null if they can. */
export async function whyNotAdmitted(
  { accessCheck }: Pick<ListenerDeps, 'accessCheck'>,
  user: string,
): Promise<DenialReason | null> {
  const decision = await accessCheck.decide(user, WAIT_MS);
  return 'why' in decision ? decision.why : null;
}

/** Why a user can't work on an alert, as the database has it: it is over, not a fit, or another AE's. */
export function whyNotWork(
  picture: AlertPicture,
  user: string,
  { isManager = false }: GestureRights,
): Refusal | null {
  const { closedAt, hold, owner } = picture.alert;
  if (closedAt !== null) return { why: 'over', picture };
  if (hold?.kind === 'not-a-fit') return { why: 'not-a-fit', hold, picture };
  const may = owner === null || owner === user || isManager;
  return may ? null : { why: 'not-yours', owner, picture };
}
