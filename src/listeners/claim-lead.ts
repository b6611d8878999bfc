import type { GestureResult } from '../core/alert.ts';
import { answerGesture } from './answer-gesture.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';

export const claimLead = (deps: ListenerDeps) => (press: Press) =>
  gesture(deps, press, 'claim', (id) => press.grant.alerts.claim(id, press.user));

export const releaseLead = (deps: ListenerDeps) => (press: Press) =>
  gesture(deps, press, 'release', (id) => press.grant.alerts.release(id, press.user));

async function gesture(
  deps: ListenerDeps,
  press: Press,
  action: string,
  make: (alertId: string) => Promise<GestureResult>,
): Promise<void> {
  const { alertId, user } = press;
  const result: GestureResult =
    alertId === null ? { ok: false, refusal: { why: 'not-found' } } : await make(alertId);
  deps.log.info('gesture', {
    action,
    user,
    ...(alertId === null ? {} : { alertId }),
    outcome: result.ok ? 'done' : result.refusal.why,
  });
  await answerGesture(deps, press, result);
}
