import { setTimeout as sleep } from 'node:timers/promises';
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

const back = (columns: readonly string[]): string =>
  columns.map((column) => `${column} = ${column} - $1::interval`).join(', ');

/**
 * As if nobody had done anything for so long. To be called while no bot lives: then every lease is one
 * of the dead, no call to Slack is under way, and everything that is due later is only later.
 */
export async function passTimeWithoutBots({ sql }: Arena, interval: string): Promise<void> {
  // PostgREST may still be carrying out what a dead bot has asked for.
  for (;;) {
    const [row] = await sql<{ busy: boolean }>(
      `select exists (select from pg_stat_activity
                       where usename = 'authenticator' and state <> 'idle') as busy`,
    );
    if (row?.busy === false) break;
    await sleep(10);
  }
  await sql(`update lead_bot.messages set ${back(MESSAGE_TIMES)}`, [interval]);
  await sql(`update lead_bot.channels set ${back(CHANNEL_TIMES)}`, [interval]);
}

/**
 * The same while bots live, for what nobody holds a lease of: a bot calls Slack for a message only under
 * its lease, so for the others nothing is under way, and waiting would change their due times alone.
 */
async function passTimeForIdleMessages({ sql }: Arena, interval: string): Promise<void> {
  // Locked in the order in which everybody locks messages: the bots are at work.
  await sql(
    `with idle as (
       select id as idle_id from lead_bot.messages
        where lease_until is null or lease_until < now()
        order by id
          for no key update)
     update lead_bot.messages set ${back(MESSAGE_TIMES)} from idle where id = idle_id`,
    [interval],
  );
  await sql(`update lead_bot.channels set ${back(CHANNEL_TIMES)}`, [interval]);
}

const STUCK = `
  select 'message ' || m.kind || ' ' || m.state || ' wanted ' || m.wanted_version || ' shown ' || m.shown_version
         || coalesce(', leased until ' || m.lease_until, '') || coalesce(': ' || m.last_error, '') as what
    from lead_bot.messages m
   where m.state <> 'posted' or m.wanted_version > m.shown_version or m.lease_token is not null
      or m.recheck_at is not null or m.redraw_at is not null
  union all
  select 'hot and without an alert: ' || d.company_domain
    from public.developer_signups d
    join public.lead_scores s on s.developer_id = d.id
   where s.tier = 'hot'
     and not exists (select from lead_bot.alerts a where a.account_key = d.company_domain)`;

/** What is not as it should stay. Empty when all is quiet. */
async function notQuiet({ sql }: Arena): Promise<string[]> {
  return (await sql<{ what: string }>(STUCK)).map((row) => row.what);
}

/** Lets time pass until nothing is left to do. @throws with what is left, after a time that is plenty */
export async function untilQuiet(arena: Arena, within: number): Promise<void> {
  const end = performance.now() + within;
  for (;;) {
    const left = await notQuiet(arena);
    if (left.length === 0) return;
    if (performance.now() > end) {
      throw new Error(`not quiet after ${within / 1000} s:\n  ${left.slice(0, 20).join('\n  ')}`);
    }
    await passTimeForIdleMessages(arena, '30 seconds');
    await sleep(100);
  }
}
