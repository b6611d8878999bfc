import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { infoModal } from '../../blocks/info-modal.ts';
import { noEntry } from '../../blocks/no-entry.ts';
import type { Barrier, RefusedGesture } from '../core/access.ts';
import type { Admission, Audit, Surface } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { alertIdOf } from './alert-id.ts';
import { recall } from './modal-memory.ts';

/**
 * How long Slack may take to say who somebody is. A trigger id lives for three seconds, and a submitted modal
 * is not acknowledged before it is known what it shows next.
 */
const WAIT_MS = { command: 5_000, press: 2_500, submission: 600 } as const;

export interface GuardDeps {
  admission: Admission;
  surface: Surface;
  audit: Audit;
  log: Log;
}

const person = z.object({ id: z.string().min(1), team_id: z.string().nullish() });
const view = z.object({ id: z.string(), callback_id: z.string(), private_metadata: z.string() });

const command = z
  .object({
    command: z.string(),
    user_id: z.string().min(1),
    team_id: z.string().nullish(),
    channel_id: z.string().nullish(),
  })
  .transform((body) => ({
    kind: 'command' as const,
    user: { id: body.user_id, team_id: body.team_id },
    channel: body.channel_id ?? null,
    action: body.command,
    alertId: null,
    viewId: null,
  }));

const press = z
  .object({
    type: z.literal('block_actions'),
    user: person,
    container: z.object({ channel_id: z.string().nullish() }),
    view: view.partial().nullish(),
    actions: z
      .array(
        z.object({
          action_id: z.string(),
          value: z.string().nullish(),
          selected_option: z.object({ value: z.string() }).nullish(),
        }),
      )
      .min(1),
  })
  .transform(({ user, container, view, actions: [action] }) => ({
    kind: 'press' as const,
    user,
    channel: container.channel_id ?? null,
    action: action?.action_id ?? '',
    // An option of the menu on a card is `<action>:<alert id>`.
    alertId: alertIdOf(
      /[^:]*$/.exec(action?.selected_option?.value ?? action?.value ?? '')?.[0] ?? '',
    ),
    viewId: view?.id ?? null,
  }));

const submission = z
  .object({
    type: z.literal('view_submission'),
    user: person,
    view: view.extend({
      blocks: z.array(z.object({ type: z.string(), block_id: z.string().default('') })).default([]),
    }),
  })
  .transform(({ user, view }) => ({
    kind: 'submission' as const,
    user,
    channel: null,
    action: view.callback_id,
    alertId: recall(view.private_metadata)?.alertId ?? null,
    viewId: view.id,
    firstInput: view.blocks.find(({ type }) => type === 'input')?.block_id ?? null,
  }));

const gesture = z.union([command, press, submission]);
type Gesture = z.output<typeof gesture>;

/** As methods, because each kind of arrival takes an acknowledgement of another form. */
interface BoltCalls {
  ack(response?: unknown): Promise<void>;
  respond(message: {
    response_type: 'ephemeral';
    replace_original: false;
    text: string;
    blocks: KnownBlock[];
  }): Promise<unknown>;
}

/** What of Bolt's arguments is needed here; events have neither `ack` nor `respond`. */
interface Arrival {
  body: unknown;
  next(): Promise<void>;
  ack?: BoltCalls['ack'] | undefined;
  respond?: BoltCalls['respond'] | undefined;
}

/**
 * The one way in: it stands before every listener, whatever is registered. Buttons, menus and commands are
 * acknowledged here, before Slack is asked about the person; a submitted modal by its listener, because its
 * acknowledgement says what is shown next. What is no gesture of a person goes no further.
 */
export const guard =
  (deps: GuardDeps) =>
  async (arrival: Arrival): Promise<void> => {
    const made = gesture.safeParse(arrival.body).data;
    if (made === undefined) {
      deps.log.warn('something that is no gesture of a person was not let in');
      await arrival.ack?.();
      return;
    }
    if (made.kind !== 'submission') await arrival.ack?.();
    const why = await deps.admission.barrier(made.user.id, WAIT_MS[made.kind]);
    if (why === null) return arrival.next();

    const { user, channel, action, alertId } = made;
    const refused = { user: user.id, team: user.team_id ?? null, channel, action, why, alertId };
    await Promise.all([tell(deps, arrival, made, why), writeDown(deps, refused)]);
  };

/** Where the gesture was made, and nothing about any lead: an open modal loses what it showed. */
async function tell(
  { surface, log }: GuardDeps,
  { ack, respond }: Arrival,
  made: Gesture,
  why: Barrier,
): Promise<void> {
  const { user, channel, viewId } = made;
  const { text, blocks } = noEntry(why);
  const modal = infoModal('Not possible', text);
  try {
    if (made.kind === 'submission' && made.firstInput !== null && why === 'unchecked') {
      // The form stays with what was typed, to be sent again.
      await ack?.({ response_action: 'errors', errors: { [made.firstInput]: text } });
    } else if (made.kind === 'submission') {
      await ack?.({ response_action: 'update', view: modal });
    } else if (viewId !== null) await surface.updateModal(viewId, modal);
    else if (respond === undefined) await surface.tell(user.id, channel, { text, blocks });
    else await respond({ response_type: 'ephemeral', replace_original: false, text, blocks });
  } catch (error) {
    log.warn('could not tell a person that they were refused', { user: user.id, error });
  }
}

/** In the log and, as long as the database is there, in the table of refusals. */
export async function writeDown(
  { audit, log }: Pick<GuardDeps, 'audit' | 'log'>,
  refused: RefusedGesture,
): Promise<void> {
  const { user, team, channel, action, why, alertId } = refused;
  const fields = {
    user,
    action,
    reason: why,
    ...(team === null ? {} : { team }),
    ...(channel === null ? {} : { channel }),
    ...(alertId === null ? {} : { alertId }),
  };
  log.warn('a gesture was refused', fields);
  try {
    await audit.refused(refused);
  } catch (error) {
    log.warn('a refusal could not be written down', { user, action, reason: why, error });
  }
}
