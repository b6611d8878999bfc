import { z } from 'zod';
import type { Audit, SeenRequests } from '../core/ports.ts';
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
