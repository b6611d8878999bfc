import type { Alerts } from '../core/ports.ts';

/**
 * The alerts as somebody sees them who is only in these channels: companies whose alert stands elsewhere are not
 * there.
 * @param alertId the one alert that the gesture names, after it was found to stand in one of them; null for none
 */
export function channelScopedAlerts(
  alerts: Alerts,
  within: readonly string[],
  alertId: string | null,
): Alerts {
  const nothing = { ok: false, refusal: { why: 'not-found' } } as const;
  return {
    claim: async (id, user) => (id === alertId ? alerts.claim(id, user) : nothing),
    release: async (id, user) => (id === alertId ? alerts.release(id, user) : nothing),
    contact: async (id, user, method, note) =>
      id === alertId ? alerts.contact(id, user, method, note) : nothing,
    find: async (id) => (id === alertId ? alerts.find(id) : null),
    lookup: (query) => alerts.lookup(query, within),
    hot: (limit, offset) => alerts.hot(limit, offset, within),
    mine: (user, limit, offset) => alerts.mine(user, limit, offset, within),
    openOnes: (status, besides, limit, offset) =>
      alerts.openOnes(status, besides, limit, offset, within),
    inRollup: (messageId, limit, offset) => alerts.inRollup(messageId, limit, offset, within),
    previewDigest: () => Promise.reject(new Error('the digest is of all companies')),
  };
}
