import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { validText } from './valid-text.ts';

/**
 * What comes in, as far as the bot reads it. Bolt looks into fields that the bot has no use for, and trips over
 * `event: null` or `team: {"id": "__proto__"}`: so what is not here never gets to it.
 *
 * What decides who asks for what must be right. What may be wrong without harm is read as missing, and whoever
 * needs it says so in words.
 */

/** Of a person, a team or a channel. */
const slackId = z.string().regex(/^[A-Z0-9]{1,40}$/);
const name = z.string().min(1).max(255);
/** Slack's limit is 2,000 characters for the value of a button, and 150 for that of an option. */
const value = z.string().max(2_000).nullish().catch(null);
const url = z.string().optional().catch(undefined);

const person = z.object({ id: slackId, team_id: slackId.nullish().catch(null) });

const command = z.object({
  command: name,
  text: z.string().catch(''),
  user_id: slackId,
  team_id: slackId.nullish().catch(null),
  channel_id: slackId.nullish().catch(null),
  response_url: url,
});

const press = z.object({
  type: z.literal('block_actions'),
  user: person,
  trigger_id: z.string().max(255).catch(''),
  container: z
    .object({
      type: z.string().max(255).catch(''),
      channel_id: slackId.nullish().catch(null),
      is_ephemeral: z.boolean().optional().catch(undefined),
    })
    .catch({ type: '' }),
  channel: z
    .object({ name: z.string().max(255).catch('') })
    .optional()
    // Bolt looks into one that is null.
    .catch(undefined),
  view: z
    .object({
      id: name,
      private_metadata: z.string().max(3_000).catch(''),
    })
    .nullish()
    .catch(null),
  response_url: url,
  actions: z
    .tuple([
      z.object({
        action_id: name,
        block_id: z.string().max(255).catch(''),
        value,
        selected_option: z.object({ value }).nullish().catch(null),
      }),
    ])
    .rest(z.unknown())
    .transform(([first]): [typeof first] => [first]),
});

const submission = z.object({
  type: z.literal('view_submission'),
  user: person,
  view: z.object({
    id: name,
    callback_id: name,
    private_metadata: z.string().max(3_000).catch(''),
    blocks: z
      .array(z.object({ type: z.string().catch(''), block_id: z.string().max(255).catch('') }))
      .max(100)
      .catch([]),
    state: z
      .object({
        values: z.object({
          [ids.contactMethod]: z.unknown().optional(),
          [ids.contactNote]: z.unknown().optional(),
        }),
      })
      .catch({ values: {} }),
  }),
});

const arrival = z.union([command, press, submission]);
export type Arrival = z.output<typeof arrival>;
export type PressArrival = z.output<typeof press>;
export type SubmissionArrival = z.output<typeof submission>;

/** Of the pressed button, or of the chosen option of a menu; `''` when there is none. */
export const pressedValue = ({ value, selected_option }: PressArrival['actions'][0]): string =>
  validText(selected_option?.value ?? value ?? '');

/** Null for what is no gesture of a person. */
export const arrivalIn = (body: unknown): Arrival | null => arrival.safeParse(body).data ?? null;
