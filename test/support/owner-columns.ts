import { beforeEach } from 'vitest';
import type { Delivery } from '../../src/core/message.ts';
import type { BotDatabase } from './bot-database.ts';
import { addLead } from './leads.ts';

/** The channel that `alert_channel` names in tests. */
export const OTHER = 'C0ENTERPRISE';

/** A database whose owner adds columns to `lead_dashboard`. Each test begins with the view as given. */
export async function ownerColumns(db: BotDatabase) {
  const [given] = await db.sql<{ text: string }>(
    `select pg_get_viewdef('public.lead_dashboard') as text`,
  );
  const view = given?.text.replace(/;\s*$/, '');

  /** Appends columns to the view, as its owner does; each is an expression over the given row `v`. */
  async function append(columns: Record<string, string>): Promise<void> {
    const more = Object.entries(columns).map(([name, value]) => `, ${value} as ${name}`);
    await db.sql('drop view public.lead_dashboard');
    await db.sql(
      `create view public.lead_dashboard as select v.*${more.join('')} from (${view}) v`,
    );
  }

  beforeEach(() => append({}));

  /** Opens one alert, on a lead that has these columns. */
  async function openAlertWith(columns: Record<string, string>): Promise<void> {
    await db.poll();
    await append(columns);
    await addLead(db);
    await db.poll();
  }

  const cards = () =>
    db.sql<{ channel: string; key: string }>(
      `select m.channel, a.account_key as key
       from lead_bot.messages m join lead_bot.alerts a on a.id = m.alert_id
      where m.kind = 'card' order by 2`,
    );

  /** Takes what is due, ignoring the pace of posts. */
  async function take(): Promise<readonly Delivery[]> {
    await db.sql(`update lead_bot.channels set next_post_at = now()`);
    return (await db.outbox.take(20, 60_000)).deliveries;
  }

  /** The same, of which only the first message counts. */
  async function takeFirst(): Promise<Delivery> {
    const [first] = await take();
    if (first === undefined) throw new Error('nothing is due');
    return first;
  }

  return { append, openAlertWith, cards, take, takeFirst };
}
