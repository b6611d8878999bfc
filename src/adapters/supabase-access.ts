import { z } from 'zod';
import type { Audit, CardChannels, SeenRequests } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';

export const supabaseAudit = (database: Database): Audit => ({
  async refused({ user, team, channel, action, why, alertId }) {
    await database.call(
      'lead_bot_refuse',
      {
        p_user: user,
        p_team: team,
        p_channel: channel,
        p_action: action,
        p_why: why,
        p_alert_id: alertId,
      },
      z.unknown(),
    );
  },
});

export const supabaseSeenRequests = (database: Database): SeenRequests => ({
  isFirst: (fingerprint) =>
    database.call('lead_bot_first_seen', { p_fingerprint: fingerprint }, z.boolean()),
});

/** Same rule as `lead_bot.route_alert`. */
const channels = z.array(z.string().regex(/^[CG][A-Z0-9]{2,30}$/)).max(50);

export const supabaseCardChannels = (database: Database): CardChannels => ({
  list: () => database.call('lead_bot_card_channels', {}, channels),
  holds: (within, alertId) =>
    database.call('lead_bot_stands_in', { p_alert_id: alertId, p_channels: within }, z.boolean()),
});
