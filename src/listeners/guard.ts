import { setTimeout as sleep } from 'node:timers/promises';
import { ids } from '../../blocks/ids.ts';
import { infoModal } from '../../blocks/info-modal.ts';
import { noEntry } from '../../blocks/no-entry.ts';
import { channelScopedAlerts } from '../access/channel-scoped-alerts.ts';
import type { DenialReason, OutOfReach, RefusedGesture } from '../core/access.ts';
import type { AccessCheck, Alerts, Audit, CardChannels, Surface } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { AccessGrant, keepGrant } from './access-grant.ts';
import { alertIdOf } from './alert-id.ts';
import { arrivalIn, pressedValue } from './gesture.ts';
import { recall } from './modal-metadata.ts';

/**
 * How long Slack may take to say who somebody is. A trigger id lives for three seconds, and a submitted modal
 * is not acknowledged before it is known what it shows next.
 */
const WAIT_MS = { command: 5_000, press: 2_500, submission: 600 } as const;

/** What is done with an alert. The values of other buttons may be ids of something else. */
const ON_ALERTS: ReadonlySet<string> = new Set([
  ids.claim,
  ids.release,
  ids.contact,
  ids.details,
  ids.open,
  ids.more,
  ids.contactModal,
]);

export interface GuardDeps {
  accessCheck: AccessCheck;
  alerts: Alerts;
  cardChannels: Pick<CardChannels, 'holds'>;
  surface: Surface;
  audit: Audit;
  log: Log;
}

interface Gesture {
  kind: keyof typeof WAIT_MS;
  user: { id: string; team: string | null };
  channel: string | null;
  action: string;
  alertId: string | null;
  viewId: string | null;
  responseUrl: string | null;
  /** Block id of a form's first input. */
  firstInput: string | null;
}

function gestureIn(body: unknown): Gesture | null {
  const arrival = arrivalIn(body);
  if (arrival === null) return null;
  if ('command' in arrival) {
    return {
      kind: 'command',
      user: { id: arrival.user_id, team: arrival.team_id ?? null },
      channel: arrival.channel_id ?? null,
      action: arrival.command,
      alertId: null,
      viewId: null,
      responseUrl: arrival.response_url ?? null,
      firstInput: null,
    };
  }
  const user = { id: arrival.user.id, team: arrival.user.team_id ?? null };
  if (arrival.type === 'block_actions') {
    const [action] = arrival.actions;
    return {
      kind: 'press',
      user,
      channel: arrival.container.channel_id ?? null,
      action: action.action_id,
      // An option of the menu on a card is `<action>:<alert id>`.
      alertId: alertIdOf(pressedValue(action).split(':').at(-1) ?? ''),
      viewId: arrival.view?.id ?? null,
      responseUrl: arrival.response_url ?? null,
      firstInput: null,
    };
  }
  const { view } = arrival;
  return {
    kind: 'submission',
    user,
    channel: null,
    action: view.callback_id,
    alertId: recall(view.private_metadata)?.alertId ?? null,
    viewId: view.id,
    responseUrl: null,
    firstInput: view.blocks.find(({ type }) => type === 'input')?.block_id ?? null,
  };
}

/** As a method, because each kind of arrival takes an acknowledgement of another form. */
interface BoltCalls {
  ack(response?: unknown): Promise<void>;
}

/** What of Bolt's arguments is needed here; events have no `ack`. */
interface BoltArguments {
  body: unknown;
  context: Record<string, unknown>;
  next(): Promise<void>;
  ack?: BoltCalls['ack'] | undefined;
}

/**
 * The one way in: it stands before every listener, whatever is registered. Buttons, menus and commands are
 * acknowledged here, before Slack is asked about the person; a submitted modal by its listener, because its
 * acknowledgement says what is shown next. What is no gesture of a person has not even got here (receive-gestures.ts).
 */
export const guard =
  (deps: GuardDeps) =>
  async ({ body, context, ack, next }: BoltArguments): Promise<void> => {
    const made = gestureIn(body);
    if (made === null) return;
    if (made.kind !== 'submission') await ack?.();
    const grant = await enter(deps, made);
    if (grant instanceof AccessGrant) {
      keepGrant(context, grant);
      return next();
    }

    const { user, channel, action, alertId } = made;
    const refused = { user: user.id, team: user.team, channel, action, ...grant, alertId };
    await Promise.all([tell(deps, ack, made, grant.why), writeDown(deps, refused)]);
  };

/** Who may work on some alerts only is let in to these. */
async function enter(
  { accessCheck, alerts, cardChannels }: GuardDeps,
  { kind, user, action, alertId }: Gesture,
): Promise<AccessGrant | { why: DenialReason | OutOfReach }> {
  const admitted = await accessCheck.decide(user.id, WAIT_MS[kind]);
  if ('why' in admitted) return admitted;
  const { reach } = admitted;
  if (reach === 'everything') return new AccessGrant(reach, alerts);
  const named = ON_ALERTS.has(action) ? alertId : null;
  if (named !== null) {
    const holds = await Promise.race([
      cardChannels.holds(reach, named),
      sleep(WAIT_MS[kind], null, { ref: false }),
    ]);
    if (holds === null) return { why: 'unchecked' };
    if (!holds) return { why: 'other-channel' };
  }
  return new AccessGrant(reach, channelScopedAlerts(alerts, reach, named));
}

/** Where the gesture was made, and nothing about any lead: an open modal loses what it showed. */
async function tell(
  { surface, log }: GuardDeps,
  ack: BoltCalls['ack'] | undefined,
  made: Gesture,
  why: DenialReason | OutOfReach,
): Promise<void> {
  const { user, channel, viewId, responseUrl } = made;
  const { text, blocks } = noEntry(why);
  const modal = infoModal('Not possible', text);
  try {
    if (made.kind === 'submission' && made.firstInput !== null && why === 'unchecked') {
      // The form stays with what was typed, to be sent again.
      await ack?.({ response_action: 'errors', errors: { [made.firstInput]: text } });
    } else if (made.kind === 'submission') {
      await ack?.({ response_action: 'update', view: modal });
    } else if (viewId !== null) await surface.updateModal(viewId, modal);
    else if (responseUrl === null) await surface.tell(user.id, channel, { text, blocks });
    else await surface.answer(responseUrl, { text, blocks }, 'person');
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
