import { z } from 'zod';
import type { Reports } from '../core/ports.ts';
import { bestScores, FATES, type Fate } from '../core/why.ts';
import type { Database } from './supabase-client.ts';
import { parseRows } from './supabase-polls.ts';
import { accountPicture, instant } from './supabase-rows.ts';

const who = z.string().max(320).nullable();
const points = z.number().nullable().catch(null);

const crossing = z
  .object({
    at: instant,
    who,
    score: points,
    // During a deployment, newer SQL may know more words than this version.
    fate: z.enum(FATES).or(z.string().transform((): Fate => 'unknown')),
    alert_id: z.guid().nullable(),
    until: instant.nullable(),
    message: z
      .object({
        kind: z.enum(['card', 'rollup']),
        channel: z.string(),
        posted_at: instant.nullable(),
        state: z.enum(['pending', 'unclear', 'posted', 'gone', 'dead']),
      })
      .transform(({ posted_at: postedAt, ...rest }) => ({ ...rest, postedAt }))
      .nullable(),
  })
  .transform(({ alert_id: alertId, ...rest }) => ({ ...rest, alertId }));

const whyAnswer = z
  .object({
    picture: accountPicture,
    person: who,
    crossings: z.array(crossing).max(20),
    scores: z.array(z.object({ of: z.guid(), at: instant, score: z.number() })).max(3_000),
    entering: z.array(z.object({ who, row: z.unknown() })).max(20),
    hidden: z
      .array(
        z
          .object({ who, score: points, tier: z.string().nullable() })
          .transform(({ tier, ...someone }) => ({ ...someone, isHot: tier === 'hot' })),
      )
      .max(10),
    watching_since: instant.nullable(),
    has_trigger: z.boolean(),
  })
  .nullable();

export const whyThrough =
  (database: Database): Reports['why'] =>
  async ({ keys, emails }, within) => {
    const answer = await database.call(
      'lead_bot_why',
      {
        p_keys: keys,
        p_emails: emails,
        ...(within === undefined ? {} : { p_channels: within }),
      },
      whyAnswer,
    );
    if (answer === null) return null;
    const read = answer.entering.map(({ who, row }) => ({ who, ...parseRows([row]) }));
    return {
      ...answer.picture,
      person: answer.person,
      crossings: answer.crossings,
      history: bestScores(answer.scores),
      waiting: read.flatMap(({ who, entering: [ready] }) =>
        ready === undefined ? [] : [{ who, score: ready.lead.totalScore }],
      ),
      setAside: read.flatMap(({ who, malformed: [row] }) =>
        row?.setAside === true
          ? [{ who, score: null, fields: [...new Set(row.problems.map(columnOf))].slice(0, 5) }]
          : [],
      ),
      hidden: answer.hidden,
      watchingSince: answer.watching_since,
      hasTrigger: answer.has_trigger,
    };
  };

/** `tech_stack` of `tech_stack.0.name`. If the database itself can't read a row, only the SQLSTATE is known. */
const columnOf = ({ field, problem }: { field: string; problem: string }): string =>
  field === '(row)' ? problem : (field.split('.')[0] ?? field);
