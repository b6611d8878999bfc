import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Arena } from './arena.ts';

const MESSAGE_TIMES = [
  'created_at',
  'next_try_at',
  'attempted_at',
  'lease_until',
  'recheck_at',
  'redraw_at',
] as const;
const CHANNEL_TIMES = ['next_post_at', 'paused_until', 'next_update_at'] as const;

const DEADLOCK = '40P01';

const back = (columns: readonly string[]): string =>
  columns.map((column) => `${column} = ${column} - $1::interval`).join(', ');

/**
 * Advances the database's time. Call it only while no bot runs: then no call to Slack is in progress, and all
 * leases belong to dead bots.
 */
export async function advanceTimeWithoutBots({ sql }: Arena, interval: string): Promise<void> {
  // PostgREST may still be running a request of a dead bot.
  for (;;) {
    const [row] = await sql<{ busy: boolean }>(
      `select exists (select from pg_stat_activity
                       where usename = 'authenticator' and state <> 'idle') as busy`,
    );
    if (row?.busy === false) break;
    await sleep(10);
  }
  // One that waited for a connection may begin only now. If they deadlock, the database may cancel this.
  for (const statement of [
    `update lead_bot.messages set ${back(MESSAGE_TIMES)}`,
    `update lead_bot.channels set ${back(CHANNEL_TIMES)}`,
  ]) {
    for (;;) {
      try {
        await sql(statement, [interval]);
        break;
      } catch (error) {
        if (!(error instanceof pg.DatabaseError) || error.code !== DEADLOCK) throw error;
      }
    }
  }
}

/**
 * The same while bots run, but only for messages without a lease. Bots call Slack only under a lease, so
 * nothing is in progress for these.
 */
async function advanceIdleMessages({ sql }: Arena, interval: string): Promise<void> {
  // Skips what the bots have locked, because waiting could deadlock with them. The next round catches up.
  await sql(
    `with idle as (
       select id as idle_id from lead_bot.messages
        where lease_until is null or lease_until < now()
        order by id
          for no key update skip locked)
     update lead_bot.messages set ${back(MESSAGE_TIMES)} from idle where id = idle_id`,
    [interval],
  );
  await sql(
    `with idle as (select channel as idle_channel from lead_bot.channels for no key update skip locked)
     update lead_bot.channels set ${back(CHANNEL_TIMES)} from idle where channel = idle_channel`,
    [interval],
  );
}

const STUCK = `
  select 'message ' || m.kind || ' ' || m.state || ' wanted ' || m.wanted_version || ' shown ' || m.shown_version
         || coalesce(', leased until ' || m.lease_until, '') || coalesce(': ' || m.last_error, '') as what
    from lead_bot.messages m
   where m.state <> 'posted' or m.wanted_version > m.shown_version or m.lease_token is not null
      or m.recheck_at is not null or m.redraw_at is not null
  union all
  select 'hot without an alert: ' || d.company_domain
    from public.developer_signups d
    join public.lead_scores s on s.developer_id = d.id
   where s.tier = 'hot'
     and not exists (select from lead_bot.alerts a where a.account_key = d.company_domain)`;

/** Describes everything that still has to change. Empty once quiet. */
async function findUnsettled({ sql }: Arena): Promise<string[]> {
  return (await sql<{ what: string }>(STUCK)).map((row) => row.what);
}

/** Advances the time until nothing is left to do. @throws after `within` milliseconds, with what is left */
export async function untilQuiet(arena: Arena, within: number): Promise<void> {
  const end = performance.now() + within;
  for (;;) {
    const left = await findUnsettled(arena);
    if (left.length === 0) return;
    if (performance.now() > end) {
      throw new Error(`not quiet after ${within / 1000} s:\n  ${left.slice(0, 20).join('\n  ')}`);
    }
    await advanceIdleMessages(arena, '30 seconds');
    await sleep(100);
  }
}
