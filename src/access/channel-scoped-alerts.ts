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
  const notFound = { ok: false, refusal: { why: 'not-found' } } as const;
  return {
    claim: async (id, user) => (id === alertId ? alerts.claim(id, user) : notFound),
    release: async (id, user) => (id === alertId ? alerts.release(id, user) : notFound),
    contact: async (id, user, method, note) =>
      id === alertId ? alerts.contact(id, user, method, note) : notFound,
    find: async (id) => (id === alertId ? alerts.find(id) : null),
    lookup: (query) => alerts.lookup(query, within),
    hot: (limit, offset) => alerts.hot(limit, offset, within),
    mine: (user, limit, offset) => alerts.mine(user, limit, offset, within),
    openOnes: (status, besides, limit, offset) =>
      alerts.openOnes(status, besides, limit, offset, within),
    inRollup: (messageId, limit, offset) => alerts.inRollup(messageId, limit, offset, within),
    previewDigest: () => Promise.reject(new Error('the digest covers all companies')),
  };
}
