import { z } from 'zod';
import type { EnteringLead, MalformedLead } from '../core/poll.ts';
import type { Digests, Polls } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { enteringLead, lenientEnteringLead, problemsOf } from './supabase-rows.ts';

/** More hot leads than this at once are taken in by the polls that follow. */
const LEADS_PER_POLL = 5_000;

const changesAnswer = z.object({
  first_run: z.boolean(),
  moved: z.boolean(),
  more: z.boolean(),
  entered: z.array(z.unknown()),
});

const summary = z.object({
  opened: z.number(),
  joined: z.number(),
  left: z.number(),
  returned: z.number(),
  cooled: z.number(),
});

/** Names a row that can't be read, as far as that is possible. */
const rowId = z.object({ developer_id: z.guid() }).catch({ developer_id: 'unknown' });

export function supabasePolls(database: Database): Polls {
  return {
    async changes(policy) {
      const answer = await database.call(
        'lead_bot_changes',
        { p_rearm_seconds: seconds(policy.rearmAfterMs), p_limit: LEADS_PER_POLL },
        changesAnswer,
      );
      const entering: EnteringLead[] = [];
      const malformed: MalformedLead[] = [];
      for (const row of answer.entered) {
        const parsed = enteringLead.safeParse(row);
        if (parsed.success) {
          entering.push(parsed.data);
          continue;
        }
        const lenient = lenientEnteringLead.safeParse(row);
        if (lenient.success) entering.push(lenient.data);
        malformed.push({
          developerId: rowId.parse(row).developer_id,
          setAside: !lenient.success,
          problems: problemsOf(parsed.error),
        });
      }
      const { first_run: firstRun, moved, more } = answer;
      return { firstRun, moved, more, entering, malformed };
    },

    record: (plan, policy) =>
      database.call(
        'lead_bot_record_poll',
        {
          p_plan: {
            channel: policy.channel,
            rearm_seconds: seconds(policy.rearmAfterMs),
            rollup_reason: plan.rollupReason,
            unfinished: plan.unfinished,
            entries: plan.entries.map(({ developerId, show }) => ({
              developer_id: developerId,
              show,
            })),
          },
        },
        summary,
      ),
  };
}

/**
 * Deletes what nobody needs any more, and the personal data of alerts that were closed longer ago than
 * `retentionDays`; to be called once an hour, by any number of bots.
 */
export const tidy = (database: Database, retentionDays: number): Promise<unknown> =>
  database.call('lead_bot_tidy', { p_retention_days: retentionDays }, z.unknown());

export function supabaseDigests(database: Database): Digests {
  return {
    request: (channel, localDate, dueAt) =>
      database.call(
        'lead_bot_request_digest',
        { p_channel: channel, p_local_date: localDate, p_due_at: dueAt.toISOString() },
        z.enum(['made', 'exists', 'before-first-poll', 'too-early', 'too-late']),
      ),
  };
}

const seconds = (ms: number): number => Math.max(1, Math.round(ms / 1000));
