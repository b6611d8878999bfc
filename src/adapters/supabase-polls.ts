import { z } from 'zod';
import type { Changes, EnteringLead, MalformedLead } from '../core/poll.ts';
import type { Digests, Polls } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { enteringLead, lenientEnteringLead, problemsOf } from './supabase-rows.ts';

/** Keeps each call below a second. Further calls take the rest. */
const LEADS_PER_CALL = 100;

const changesAnswer = z.object({
  first_run: z.boolean(),
  entered: z.array(z.unknown()),
  marks: z.array(z.number()),
  more: z.boolean(),
  recent_cards: z.number(),
  moved: z.boolean(),
  offers_due: z.boolean().default(false),
  steps_due: z.boolean().default(false),
  outcomes_due: z.boolean().default(false),
  swept: z.boolean(),
  sweep_due: z.boolean(),
});

const moves = {
  left: z.number(),
  returned: z.number(),
  cooled: z.number(),
  redrawn: z.number(),
};

const summary = z
  .object({
    opened: z.number(),
    joined: z.number(),
    ...moves,
    failed: z.array(
      z
        .object({ developer_id: z.string(), code: z.string() })
        .transform((row) => ({ developerId: row.developer_id, code: row.code })),
    ),
    offers_due: z.boolean().default(false),
  })
  .transform(({ offers_due: offersDue, ...counts }) => ({ ...counts, offersDue }));

const followAnswer = z.object({ ...moves, more: z.boolean() });

const sweepAnswer = z.object({
  swept: z.boolean(),
  found: z.number(),
  missing: z.number(),
  believed: z.number(),
  ms: z.number(),
  large: z.boolean(),
});

/** The id of a row that doesn't parse, if it has one. */
const rowId = z.object({ developer_id: z.guid() }).catch({ developer_id: 'unknown' });

/** A row that the database itself could not read. */
const unreadableRow = z.object({ developer_id: z.guid(), unreadable: z.string() });

/** Parses entering leads. A row with problems is also listed in `malformed`, and left out if it is unusable. */
export function parseRows(rows: readonly unknown[]): Pick<Changes, 'entering' | 'malformed'> {
  const entering: EnteringLead[] = [];
  const malformed: MalformedLead[] = [];
  for (const row of rows) {
    const parsed = enteringLead.safeParse(row);
    if (parsed.success) {
      entering.push(parsed.data);
      continue;
    }
    const unreadable = unreadableRow.safeParse(row);
    if (unreadable.success) {
      const { developer_id: developerId, unreadable: code } = unreadable.data;
      malformed.push({
        developerId,
        setAside: true,
        problems: [{ field: '(row)', problem: code }],
      });
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
  return { entering, malformed };
}

export function supabasePolls(database: Database): Polls {
  return {
    async changes(policy) {
      const answer = await database.call(
        'lead_bot_changes',
        { p_rearm_seconds: seconds(policy.rearmAfterMs), p_limit: LEADS_PER_CALL },
        changesAnswer,
      );
      const { entering, malformed } = parseRows(answer.entered);
      return {
        firstRun: answer.first_run,
        entering,
        malformed,
        marks: answer.marks,
        more: answer.more,
        recentCards: answer.recent_cards,
        moved: answer.moved,
        offersDue: answer.offers_due,
        stepsDue: answer.steps_due,
        outcomesDue: answer.outcomes_due,
        swept: answer.swept,
        sweepDue: answer.sweep_due,
      };
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
            offer_to_owners: policy.offerTo.owners,
            rotation: policy.offerTo.rotation,
            marks: plan.marks,
            entries: plan.entries.map(({ developerId, show }) => ({
              developer_id: developerId,
              show,
            })),
          },
        },
        summary,
      ),

    follow: (policy) =>
      database.call(
        'lead_bot_follow',
        { p_rearm_seconds: seconds(policy.rearmAfterMs) },
        followAnswer,
      ),

    sweep: () => database.call('lead_bot_sweep', {}, sweepAnswer),
  };
}

const setAsideAnswer = z.object({ rows: z.array(z.unknown()), more: z.boolean() });

/** Hot leads whose rows can't be used, at most a thousand; `more` if there are others. */
export async function readSetAside(
  database: Database,
): Promise<{ malformed: readonly MalformedLead[]; more: boolean }> {
  const { rows, more } = await database.call('lead_bot_set_aside', {}, setAsideAnswer);
  return { malformed: parseRows(rows).malformed.filter(({ setAside }) => setAside), more };
}

export function supabaseDigests(database: Database): Digests {
  return {
    request: (channel, localDate, dueAt, postEmpty = true) =>
      database.call(
        'lead_bot_request_digest',
        {
          p_channel: channel,
          p_local_date: localDate,
          p_due_at: dueAt.toISOString(),
          ...(postEmpty ? {} : { p_post_empty: false }),
        },
        z.enum(['made', 'nothing', 'exists', 'before-first-poll', 'too-early', 'too-late']),
      ),
  };
}

const seconds = (ms: number): number => Math.max(1, Math.round(ms / 1000));
