import { z } from 'zod';
import { supabaseOutcomes } from '../../src/adapters/supabase-outcomes.ts';
import type { SendResult, TakenOutcome } from '../../src/core/outcome-event.ts';
import type { BotDatabase } from './bot-database.ts';
import { addLead, alertOf } from './leads.ts';

export const LEASE_MS = 60_000;
/** What a bot sends as the fingerprint of its URL. */
export const ENDPOINT = 'a'.repeat(64);
export const OTHER_ENDPOINT = 'b'.repeat(64);

export const failed = (reason = 'HTTP 500', retryAfterMs: number | null = null): SendResult => ({
  kind: 'failed',
  reason,
  retryAfterMs,
});
export const GONE: SendResult = { kind: 'gone', reason: 'HTTP 410', retryAfterMs: null };

const body = z.looseObject({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.looseObject({ alert_id: z.string(), sequence: z.number() }),
});
export const bodyOf = ({ event }: TakenOutcome) => body.parse(JSON.parse(event.body));

let companies = 0;

/** The calls of a bot that sends webhooks, step by step. */
export function outcomeStage(db: BotDatabase) {
  const outcomes = supabaseOutcomes(db.database, { fingerprint: ENDPOINT, people: false });
  const take = async (limit = 10) => [...(await outcomes.take(limit, LEASE_MS, false)).work];
  const confirm = ({ event, token }: TakenOutcome, result: SendResult = { kind: 'delivered' }) =>
    outcomes.confirm(event.id, token, result);

  /** The one event that is due. */
  async function takeOne(): Promise<TakenOutcome> {
    const [only, ...others] = await take();
    if (only === undefined || others.length > 0) {
      throw new Error(
        `expected one event, there are ${only === undefined ? 0 : 1 + others.length}`,
      );
    }
    return only;
  }

  return {
    outcomes,
    take,
    takeOne,
    confirm,
    /** As a bot that starts with a URL. */
    async turnOn(): Promise<void> {
      await outcomes.take(1, LEASE_MS, true);
    },
    /** Delivers everything that is due, and returns it in the order in which it went out. */
    async deliverAll(): Promise<ReturnType<typeof bodyOf>[]> {
      const sent: ReturnType<typeof bodyOf>[] = [];
      for (let due = await take(); due.length > 0; due = await take()) {
        for (const taken of due) {
          sent.push(bodyOf(taken));
          await confirm(taken);
        }
      }
      return sent;
    },
    /** Ages everything about webhooks. */
    async later(interval: string): Promise<void> {
      await db.sql(
        `update lead_bot.outcome_queues set due_at = due_at - $1::interval where due_at is not null`,
        [interval],
      );
      await db.sql(
        `update lead_bot.outcomes
            set at = at - $1::interval, give_up_at = give_up_at - $1::interval, done_at = done_at - $1::interval
          where true`,
        [interval],
      );
      await db.sql(
        `update lead_bot.outcome_endpoints
            set seen_at = seen_at - $1::interval, paused_until = paused_until - $1::interval where true`,
        [interval],
      );
    },
    /** Adds an alert of a company of its own. Returns its id. */
    async anAlert(spec: Parameters<typeof addLead>[1] = {}): Promise<string> {
      companies += 1;
      const domain = spec.domain ?? `company${companies}.example`;
      await addLead(db, { domain, company: `Company ${companies}`, ...spec });
      await db.poll();
      return alertOf(db, domain);
    },
    /** Whether a poll would say that webhooks are due. */
    async areDue(): Promise<boolean> {
      return (await db.polls.changes({ rearmAfterMs: 86_400_000 })).outcomesDue;
    },
  };
}
