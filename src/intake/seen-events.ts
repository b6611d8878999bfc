import { createHash } from 'node:crypto';
import type { SeenEvents, SeenRequests } from '../core/ports.ts';

/** Keeps events among the requests, which are forgotten after ten minutes. Slack's last attempt comes after about six. */
export const seenEventsAmong = (requests: SeenRequests): SeenEvents => ({
  isFirst: (eventId) =>
    requests.isFirst(createHash('sha256').update(`event ${eventId}`).digest('hex')),
});
