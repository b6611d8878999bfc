import { z } from 'zod';
import { NOT_A_FIT_REASONS, OUTCOMES } from '../core/alert.ts';
import type { Reports } from '../core/ports.ts';
import type { Stats, Tally } from '../core/stats.ts';
import type { Database } from './supabase-client.ts';
import { fateCounts, instant } from './supabase-rows.ts';

const count = z.number();

const times = z
  .tuple([count, count])
  .nullable()
  .transform((pair) => ({ median: pair?.[0] ?? null, p90: pair?.[1] ?? null }));

const inTime = z
  .tuple([count, count])
  .transform(([timely, of]) => (of === 0 ? null : { of, inTime: timely }));

const tally = z
  .object({
    alerts: count,
    claimed: count,
    contacted: count,
    to_claim: times,
    to_contact: times,
    claimed_in_time: inTime,
    contacted_in_time: inTime,
    outcomes: z.partialRecord(z.enum(OUTCOMES), count).catch({}),
    not_a_fit: count,
  })
  .transform(
    (row): Tally => ({
      alerts: row.alerts,
      claimed: row.claimed,
      contacted: row.contacted,
      toClaim: row.to_claim,
      toContact: row.to_contact,
      claimedInTime: row.claimed_in_time,
      contactedInTime: row.contacted_in_time,
      outcomes: row.outcomes,
      notAFit: row.not_a_fit,
    }),
  );

const MOST = 20;
const MOST_PEOPLE = 100;

const answer = z
  .object({
    from: instant,
    to: instant,
    all: tally,
    by_person: z.array(z.object({ user: z.string(), tally })).max(MOST_PEOPLE),
    by_channel: z.array(z.object({ channel: z.string(), tally })).max(MOST),
    reasons: z.partialRecord(z.enum(NOT_A_FIT_REASONS), count).catch({}),
    by_signal: z.array(z.object({ signal: z.string(), alerts: count, not_a_fit: count })).max(MOST),
    by_score: z.array(z.object({ band: z.number(), alerts: count, not_a_fit: count })).max(MOST),
    crossings: fateCounts,
  })
  .transform(
    (row): Stats => ({
      from: row.from,
      to: row.to,
      all: row.all,
      byPerson: row.by_person,
      byChannel: row.by_channel,
      reasons: row.reasons,
      bySignal: row.by_signal.map(({ signal, alerts, not_a_fit: notAFit }) => ({
        signal,
        alerts,
        notAFit,
      })),
      byScore: row.by_score.map(({ band, alerts, not_a_fit: notAFit }) => ({
        from: band,
        alerts,
        notAFit,
      })),
      crossings: row.crossings,
    }),
  );

export const statsThrough =
  (database: Database): Reports['stats'] =>
  (days, within) =>
    database.call('lead_bot_stats', { p_days: days, p_channels: within ?? null }, answer);
