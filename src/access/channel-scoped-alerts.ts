import type { GestureResult } from '../core/alert.ts';
import type { Alerts } from '../core/ports.ts';

/**
 * The alerts as a member of only these channels sees them. Alerts posted elsewhere don't exist.
 * @param alertId the alert that the gesture names, already known to be in one of the channels; null for none
 */
export function channelScopedAlerts(
  alerts: Alerts,
  within: readonly string[],
  alertId: string | null,
): Alerts {
  const scoped = async (id: string, make: () => Promise<GestureResult>): Promise<GestureResult> =>
    id === alertId ? make() : { ok: false, refusal: { why: 'not-found' } };
  return {
    claim: (id, ...how) => scoped(id, () => alerts.claim(id, ...how)),
    pass: (id, ...how) => scoped(id, () => alerts.pass(id, ...how)),
    keep: (id, ...how) => scoped(id, () => alerts.keep(id, ...how)),
    giveBack: (id, ...how) => scoped(id, () => alerts.giveBack(id, ...how)),
    release: (id, ...how) => scoped(id, () => alerts.release(id, ...how)),
    contact: (id, ...how) => scoped(id, () => alerts.contact(id, ...how)),
    handOver: (id, ...how) => scoped(id, () => alerts.handOver(id, ...how)),
    outcome: (id, ...how) => scoped(id, () => alerts.outcome(id, ...how)),
    snooze: (id, ...how) => scoped(id, () => alerts.snooze(id, ...how)),
    notAFit: (id, ...how) => scoped(id, () => alerts.notAFit(id, ...how)),
    addNote: (id, ...how) => scoped(id, () => alerts.addNote(id, ...how)),
    undo: (id, ...how) => scoped(id, () => alerts.undo(id, ...how)),
    find: async (id) => (id === alertId ? alerts.find(id) : null),
    lookup: (query) => alerts.lookup(query, within),
    hot: (limit, offset, _, filter) => alerts.hot(limit, offset, within, filter),
    mine: (user, limit, offset, _, filter) => alerts.mine(user, limit, offset, within, filter),
    covered: (user, limit) => alerts.covered(user, limit, within),
    openOnes: (status, besides, limit, offset) =>
      alerts.openOnes(status, besides, limit, offset, within),
    inRollup: (messageId, limit, offset) => alerts.inRollup(messageId, limit, offset, within),
    previewDigest: () => Promise.reject(new Error('the digest covers all companies')),
  };
}
