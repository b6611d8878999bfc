import type { Delivery, Outcome } from '../../src/core/message.ts';
import { type BotDatabase, CHANNEL } from './bot-database.ts';
import { addLead } from './leads.ts';

export const LEASE_MS = 60_000;
/** The address that `shown` confirms. */
export const ADDRESS = { channel: CHANNEL, ts: '1700000000.000100' };

/** The calls of a deliverer, step by step. */
export function outboxStage(db: BotDatabase) {
  const { outbox } = db;
  const take = async (limit = 10) => (await outbox.take(limit, LEASE_MS)).deliveries;
  const nextDueMs = async () => (await outbox.take(10, LEASE_MS)).nextDueMs;

  /** The one message that is due. */
  async function takeOne(): Promise<Delivery> {
    const [only, ...others] = await take();
    if (only === undefined || others.length > 0) throw new Error('expected one due message');
    return only;
  }

  const confirm = ({ messageId, token }: Delivery, outcome: Outcome) =>
    outbox.confirm(messageId, token, outcome);

  const shown = (delivery: Delivery, ts = ADDRESS.ts): Promise<boolean> =>
    confirm(delivery, {
      kind: 'shown',
      version: delivery.version,
      address: { channel: delivery.channel, ts },
      hash: 'h',
      sent: true,
    });

  /** Adds an alert with a due card. Returns the alert's id. */
  async function aCard(): Promise<string> {
    await addLead(db);
    await db.poll();
    return db.onlyAlert();
  }

  /** Adds an alert with a posted card. Returns the alert's id. */
  async function aPostedCard(): Promise<string> {
    const id = await aCard();
    await shown(await takeOne());
    return id;
  }

  /** Ages messages, leases and channels. */
  async function later(interval: string): Promise<void> {
    await db.sql(
      `update lead_bot.messages
          set created_at = created_at - $1::interval, next_try_at = next_try_at - $1::interval,
              attempted_at = attempted_at - $1::interval, lease_until = lease_until - $1::interval,
              recheck_at = recheck_at - $1::interval, redraw_at = redraw_at - $1::interval`,
      [interval],
    );
    await db.sql(
      `update lead_bot.channels
          set next_post_at = next_post_at - $1::interval, paused_until = paused_until - $1::interval,
              next_update_at = next_update_at - $1::interval`,
      [interval],
    );
  }

  /** The only message's row. */
  async function row(): Promise<Record<string, unknown>> {
    const [only] = await db.sql('select * from lead_bot.messages');
    return only ?? {};
  }

  return { take, nextDueMs, takeOne, confirm, shown, aCard, aPostedCard, later, row };
}
