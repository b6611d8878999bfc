import type { QueryResultRow } from 'pg';
import { z } from 'zod';
import type { OutcomeEvent } from '../../src/core/outcome-event.ts';

/** Lines of the history that are always reported. */
const REPORTED = new Set([
  'opened',
  'claimed',
  'released',
  'expired',
  'handed-over',
  'given-back',
  'contacted',
  'outcome',
  'not-a-fit',
  'cooled',
  'merged',
  'absorbed',
]);

const eventRow = z.object({
  alert_id: z.string(),
  kind: z.string(),
  at: z.string(),
  /** Of its webhooks. */
  sent: z.number(),
});
const outcomeRow = z.object({
  id: z.string(),
  alert_id: z.string(),
  sequence: z.number(),
  type: z.string(),
  state: z.string(),
  at: z.string(),
  done_at: z.string().nullable(),
});
const rows = z.object({ events: z.array(eventRow), outcomes: z.array(outcomeRow) });

const ROWS = `
  select jsonb_build_object(
    'events', (select coalesce(jsonb_agg(jsonb_build_object('alert_id', e.alert_id, 'kind', e.kind, 'at', e.at,
        'sent', (select count(*) from lead_bot.outcomes o where o.event_id = e.id)) order by e.id), '[]')
      from lead_bot.alert_events e),
    'outcomes', (select coalesce(jsonb_agg(to_jsonb(o) order by o.alert_id, o.sequence), '[]')
      from lead_bot.outcomes o)
  ) as rows`;

const body = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({ alert_id: z.string(), sequence: z.number() }),
});
/** Events are written for three days after a bot has asked for them, which is noted once an hour. */
const WRITTEN_FOR_MS = 71 * 3_600_000;
/** After this long without a success an event is set aside. */
const SENT_FOR_MS = 72 * 3_600_000;
/** Slack ids of the simulated users, addresses, and the field that names people. */
const PERSONAL = /"U\d+"|@|"people"/;

/** Whether the receiver has failed for so long that the event was rightly set aside. */
function isGivenUp({ state, at, done_at }: z.infer<typeof outcomeRow>): boolean {
  if (state !== 'set-aside' || done_at === null) return false;
  return new Date(done_at).getTime() - new Date(at).getTime() >= SENT_FOR_MS;
}

/**
 * Each event was delivered or rightly given up, those of an alert in their order at first, always as the same one, and
 * without people.
 *
 * @param askedAt when bots asked for webhooks to send
 */
export async function checkOutcomes(
  read: (text: string) => Promise<QueryResultRow[]>,
  arrived: readonly OutcomeEvent[],
  askedAt: readonly number[],
): Promise<string[]> {
  const [row] = await read(ROWS);
  const { events, outcomes } = rows.parse(row?.['rows']);
  const found: string[] = [];
  for (const { alert_id, kind, at, sent } of events) {
    if (sent > 1) found.push(`${sent} webhooks of one ${kind} of ${alert_id}`);
    const sinceAsked = askedAt.map((asked) => new Date(at).getTime() - asked);
    const isReported = REPORTED.has(kind) && sinceAsked.some((ms) => ms > 0 && ms < WRITTEN_FOR_MS);
    if (isReported && sent === 0) found.push(`lost: no webhook of ${kind} of ${alert_id}`);
  }

  /** The first arrivals of each alert. */
  const firsts = new Map<string, number[]>();
  const said = new Map<string, string>();
  for (const { id, alertId, body: text } of arrived) {
    const { type, timestamp, data } = body.parse(JSON.parse(text));
    const says = [alertId, data.alert_id, data.sequence, type, timestamp].join(' ');
    if (said.has(id) && said.get(id) !== says) {
      found.push(`webhook ${id} said ${said.get(id)}, and then ${says}`);
    }
    if (!said.has(id)) firsts.set(alertId, [...(firsts.get(alertId) ?? []), data.sequence]);
    said.set(id, says);
    if (PERSONAL.test(text)) found.push(`a webhook names people: ${text}`);
  }
  const givenUp = new Set(
    outcomes.filter(isGivenUp).map(({ alert_id, sequence }) => `${alert_id} ${sequence}`),
  );
  for (const [alertId, sequences] of firsts) {
    const isOwed = (sequence: number) => !givenUp.has(`${alertId} ${sequence}`);
    const owed = Array.from({ length: Math.max(...sequences) }, (_, n) => n + 1).filter(isOwed);
    if (sequences.filter(isOwed).join() !== owed.join()) {
      found.push(`webhooks of ${alertId} came in the order ${sequences.join(', ')}`);
    }
  }
  for (const outcome of outcomes) {
    const { id, alert_id, sequence, type, state } = outcome;
    if (isGivenUp(outcome)) continue;
    if (state !== 'delivered') found.push(`stuck: webhook ${type} of ${alert_id} is ${state}`);
    else if (!said.has(id)) found.push(`lost: webhook ${sequence} (${type}) of ${alert_id}`);
  }
  const known = new Set(outcomes.map(({ id }) => id));
  for (const id of said.keys()) if (!known.has(id)) found.push(`webhook ${id} has no row`);
  return found;
}
