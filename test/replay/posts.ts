import { z } from 'zod';
import { isDirect } from '../../src/core/direct.ts';
import type { VirtualDatabase } from '../simulator/virtual-database.ts';
import type { Arrival } from './workspace.ts';

/** An alert at the moment when Slack took a message about it. */
const shownAlert = z.object({
  id: z.string(),
  section: z.string().nullable(),
  status: z.string(),
  owner: z.string().nullable(),
  hold: z.string().nullable(),
  closed: z.boolean(),
  opened_at: z.string().transform((text) => Date.parse(text)),
  outcome: z.string().nullable(),
  cooling: z.boolean(),
  period: z.string().nullable(),
  /** Who has first call. */
  holder: z.string().nullable(),
  handed_over: z.boolean(),
});

const messageRow = z.object({
  id: z.string(),
  kind: z.enum(['card', 'rollup', 'digest', 'notice', 'dm']),
  payload: z.looseObject({ kind: z.string().optional(), to: z.string().nullish() }),
  dedupe_key: z.string(),
  alerts: z.array(shownAlert),
});

export type ShownAlert = z.infer<typeof shownAlert>;

/** A new message that Slack took, with what it is about. */
export interface Post extends Arrival {
  kind: z.infer<typeof messageRow>['kind'];
  /** Which reply or direct message. */
  sort: string;
  /** Of a direct message. */
  reader: string | null;
  /** Users and groups that Slack notifies because the text names them. */
  mentions: readonly string[];
  /** Alerts that it is about, as they were then. Of a list, all rows. */
  alerts: readonly ShownAlert[];
}

const MENTION = /<@([A-Z0-9]+)>|<!subteam\^([A-Z0-9]+)/g;

/** Reads what new messages are about. Nothing has happened since Slack took them. */
export async function readPosts(
  database: VirtualDatabase,
  at: number,
  arrivals: readonly Arrival[],
): Promise<Post[]> {
  const ids = arrivals.map(({ messageId }) => `'${messageId}'`).join(', ');
  const rows = await database.read(
    at,
    `select m.id, m.kind, m.payload, m.dedupe_key, coalesce((
       select jsonb_agg(jsonb_build_object(
                'id', a.id, 'section', s.section, 'status', a.status, 'owner', a.owner, 'hold', a.hold,
                'opened_at', a.opened_at, 'closed', a.closed_at is not null, 'outcome', a.outcome, 'cooling', a.cooling_since is not null,
                'period', a.waits_since::text,
                'handed_over', a.handed_at is not null,
                'holder', (select o.holder from lead_bot.offers o where o.alert_id = a.id and o.ended_at is null)
              ) order by s.position)
         from (
           select r.alert_id, r.section, r.position from lead_bot.message_alerts r where r.message_id = m.id
           union all
           select m.alert_id, null, 0
            where m.alert_id is not null
              and not exists (select from lead_bot.message_alerts r where r.message_id = m.id)
         ) s
         join lead_bot.alerts a on a.id = s.alert_id
     ), '[]') as alerts
       from lead_bot.messages m
      where m.id in (${ids})`,
  );
  const messages = new Map(
    rows.map((row) => {
      const message = messageRow.parse(row);
      return [message.id, message];
    }),
  );
  return arrivals.map((arrival) => {
    const message = messages.get(arrival.messageId);
    if (message === undefined) throw new Error(`message ${arrival.messageId} has no row`);
    const { kind, payload, alerts } = message;
    const { text, blocks } = arrival.drawing;
    const named = `${text} ${JSON.stringify(blocks)}`.matchAll(MENTION);
    return {
      ...arrival,
      kind,
      sort: kind === 'notice' || kind === 'dm' ? (payload.kind ?? kind) : kind,
      reader: isDirect(arrival.channel) ? arrival.channel : null,
      mentions: [...new Set([...named].map(([, user, group]) => user ?? group ?? ''))],
      alerts,
    };
  });
}
