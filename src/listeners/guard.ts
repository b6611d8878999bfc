import { setTimeout as sleep } from 'node:timers/promises';
import { ids } from '../../blocks/ids.ts';
import { infoModal } from '../../blocks/info-modal.ts';
import { noEntry } from '../../blocks/no-entry.ts';
import { channelScopedAlerts } from '../access/channel-scoped-alerts.ts';
import type { DenialReason, OutOfReach, RefusedGesture } from '../core/access.ts';
import type { AccessCheck, Alerts, Audit, CardChannels, Surface } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import type { Gesture } from './gesture.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';

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

/** As a method, because each kind of arrival takes an acknowledgement of another form. */
interface BoltCalls {
  ack(response?: unknown): Promise<void>;
}

/** What of Bolt's arguments is needed here; events have no `ack`. */
interface BoltArguments {
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
  async ({ context, ack, next }: BoltArguments): Promise<void> => {
    const ours = gestureContext(context);
    if (ours === null) return;
    const { gesture } = ours;
    if (gesture.kind !== 'submission') await ack?.();
    const granted = await enter(deps, gesture);
    if (!('why' in granted)) {
      ours.grant = granted;
      return next();
    }

    const { user, team, channel, action, alertId } = gesture;
    const { why } = granted;
    await Promise.all([
      tell(deps, ack, gesture, why),
      writeDown(deps, { user, team, channel, action, why, alertId }),
    ]);
  };

/** Who may work on some alerts only is let in to these. */
async function enter(
  { accessCheck, alerts, cardChannels }: GuardDeps,
  { kind, user, action, alertId }: Gesture,
): Promise<AccessGrant | { why: DenialReason | OutOfReach }> {
  const admitted = await accessCheck.decide(user, WAIT_MS[kind]);
  if ('why' in admitted) return admitted;
  const { reach } = admitted;
  if (reach === 'everything') return { reach, alerts };
  const named = ON_ALERTS.has(action) ? alertId : null;
  if (named !== null) {
    const holds = await Promise.race([
      cardChannels.holds(reach, named),
      sleep(WAIT_MS[kind], null, { ref: false }),
    ]);
    if (holds === null) return { why: 'unchecked' };
    if (!holds) return { why: 'other-channel' };
  }
  return { reach, alerts: channelScopedAlerts(alerts, reach, named) };
}

/** Where the gesture was made, and nothing about any lead: an open modal loses what it showed. */
async function tell(
  { surface, log }: GuardDeps,
  ack: BoltCalls['ack'] | undefined,
  gesture: Gesture,
  why: DenialReason | OutOfReach,
): Promise<void> {
  const { text, blocks } = noEntry(why);
  const modal = infoModal('Not possible', text);
  try {
    if (gesture.kind === 'submission') {
      const { firstInput } = gesture;
      await ack?.(
        firstInput !== null && why === 'unchecked'
          ? // The form stays with what was typed, to be sent again.
            { response_action: 'errors', errors: { [firstInput]: text } }
          : { response_action: 'update', view: modal },
      );
      return;
    }
    const { user, channel, responseUrl } = gesture;
    const view = gesture.kind === 'press' ? gesture.view : null;
    if (view !== null) await surface.updateModal(view.id, modal);
    else if (responseUrl === null) await surface.tell(user, channel, { text, blocks });
    else await surface.answer(responseUrl, { text, blocks }, 'person');
  } catch (error) {
    log.warn('could not tell a person that they were refused', { user: gesture.user, error });
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
