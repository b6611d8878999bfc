import { z } from 'zod';
import { OUTCOMES } from '../core/alert.ts';
import type { Reports } from '../core/ports.ts';
import type { ReplayAnswer } from '../core/tune.ts';
import type { Database } from './supabase-client.ts';
import { instant } from './supabase-rows.ts';

const weights = z.object({
  company: z.number(),
  usage: z.number(),
  expansion: z.number(),
  champion: z.number(),
  timing: z.number(),
});

const replayAnswer = z.object({
  formula: z.object({ threshold: z.number(), weights }).nullable().catch(null),
  weights: weights.nullable().catch(null),
  replay: z
    .object({
      from: instant,
      to: instant,
      pictures_from: instant.nullable(),
      alerts: z.number(),
      kept: z.number(),
      unknown: z.number(),
      at_start: z.number(),
      contacted: z.number(),
      won: z.number(),
      not_a_fit: z.number(),
      missed_contacted: z.number(),
      missed_won: z.number(),
      missed: z
        .array(
          z.object({
            name: z.string(),
            domain: z.string().nullable(),
            outcome: z.enum(OUTCOMES).nullable().catch(null),
          }),
        )
        .max(5),
      avoided: z.number(),
      added: z.number(),
      share: z.number().positive().max(1),
    })
    .nullable(),
});

export const replayThrough =
  (database: Database): Reports['replay'] =>
  async ({ threshold, weights: changed }): Promise<ReplayAnswer> => {
    const answer = await database.call(
      'lead_bot_replay',
      {
        p_threshold: threshold,
        p_weights: Object.keys(changed).length === 0 ? null : changed,
      },
      replayAnswer,
    );
    const { formula: today, weights: replayed, replay } = answer;
    if (replay === null) {
      return today === null || replayed === null
        ? { kind: 'unknown-weights' }
        : { kind: 'sum', today, weights: replayed };
    }
    return {
      kind: 'replayed',
      today,
      tuned:
        today === null
          ? null
          : { threshold: threshold ?? today.threshold, weights: replayed ?? today.weights },
      replay: {
        from: replay.from,
        to: replay.to,
        picturesFrom: replay.pictures_from,
        now: {
          alerts: replay.alerts,
          contacted: replay.contacted,
          won: replay.won,
          notAFit: replay.not_a_fit,
        },
        kept: replay.kept,
        unknown: replay.unknown,
        atStart: replay.at_start,
        missed: {
          contacted: replay.missed_contacted,
          won: replay.missed_won,
          examples: replay.missed,
        },
        avoided: replay.avoided,
        added: { alerts: Math.round(replay.added / replay.share), share: replay.share },
      },
    };
  };
