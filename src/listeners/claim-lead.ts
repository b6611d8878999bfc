import type { GestureResult } from '../core/alert.ts';
import type { GestureName } from '../core/metrics.ts';
import type { GestureRights } from '../core/ports.ts';
import { answerGesture, reportGesture } from './answer-gesture.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import { isGone, rightsOf } from './rights.ts';

export const claimLead = (deps: ListenerDeps) => (press: Press) =>
  gesture(deps, press, 'claim', async (id) => {
    const { alerts } = press.grant;
    const result = await alerts.claim(id, press.user);
    // Who manages leads may be a question to Slack, which a race for a lead shouldn't wait for.
    if (result.ok || result.refusal.why !== 'offered') return result;
    const rights = await rightsOf(deps, press.user);
    return rights.isManager ? alerts.claim(id, press.user, rights) : result;
  });

/** Of first call. */
export const passLead = (deps: ListenerDeps) => (press: Press) =>
  gesture(deps, press, 'pass', (id) => press.grant.alerts.pass(id, press.user));

/** A lead that was handed over. */
export const keepLead = (deps: ListenerDeps) => (press: Press) =>
  gesture(deps, press, 'keep', (id) => press.grant.alerts.keep(id, press.user));

/** To everyone, if whoever had it before has since gone. */
export const giveBackLead = (deps: ListenerDeps) => (press: Press) =>
  gesture(deps, press, 'give-back', async (id) => {
    const { alerts } = press.grant;
    const from = (await alerts.find(id))?.alert.handedOver?.from ?? null;
    const isToGone = from !== null && (await isGone(deps, from));
    return alerts.giveBack(id, press.user, isToGone ? { goneOwner: from } : {});
  });

export const releaseLead = (deps: ListenerDeps) => (press: Press) =>
  gesture(deps, press, 'release', async (id) => {
    const rights = await rightsOf(deps, press.user);
    const release = (more: GestureRights = {}) =>
      press.grant.alerts.release(id, press.user, { ...rights, ...more });
    const result = await release();
    if (result.ok || result.refusal.why !== 'not-yours') return result;
    const { owner } = result.refusal;
    return owner !== null && (await isGone(deps, owner)) ? release({ goneOwner: owner }) : result;
  });

async function gesture(
  deps: ListenerDeps,
  press: Press,
  action: GestureName,
  make: (alertId: string) => Promise<GestureResult>,
): Promise<void> {
  const { alertId } = press;
  const result: GestureResult =
    alertId === null ? { ok: false, refusal: { why: 'not-found' } } : await make(alertId);
  reportGesture(deps, action, press, result);
  await answerGesture(deps, press, result);
}
