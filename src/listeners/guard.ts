import { setTimeout as sleep } from 'node:timers/promises';
import { accessDenied } from '../../blocks/access-denied.ts';
import { ids } from '../../blocks/ids.ts';
import { infoModal } from '../../blocks/info-modal.ts';
import { channelScopedAlerts } from '../access/channel-scoped-alerts.ts';
import type { DenialReason, OutOfReach, RefusedGesture } from '../core/access.ts';
import type {
  AccessCheck,
  Alerts,
  Audit,
  CardChannels,
  Homes,
  Meter,
  SeenEvents,
  Surface,
} from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import type { Gesture } from './gesture.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';
import { tellInModal } from './tell-in-modal.ts';

/**
 * How long to wait for Slack to identify the user. A trigger id expires after three seconds, and so does the time to
 * acknowledge a submitted modal.
 */
const WAIT_MS = {
  command: 5_000,
  mention: 5_000,
  home: 5_000,
  press: 2_500,
  shortcut: 2_500,
  submission: 600,
} as const;

/** Two answers are better than none. */
const SEEN_WITHIN_MS = 1_000;

/** Gestures whose value is an alert id. Other buttons may name something else. */
const NAMES_ALERT: ReadonlySet<string> = new Set([
  ids.claim,
  ids.release,
  ids.contact,
  ids.details,
  ids.open,
  ids.more,
  ids.handOver,
  ids.snooze,
  ids.notAFit,
  ids.outcome,
  ids.note,
  ids.undo,
  ids.pass,
  ids.keep,
  ids.giveBack,
  ids.contactModal,
  ids.handOverModal,
  ids.snoozeModal,
  ids.notAFitModal,
  ids.outcomeModal,
  ids.noteModal,
]);

export interface GuardDeps {
  accessCheck: AccessCheck;
  alerts: Alerts;
  cardChannels: Pick<CardChannels, 'holds'>;
  surface: Surface;
  homes: Homes;
  audit: Audit;
  seenEvents: SeenEvents;
  /** Wakes the deliverer. */
  wake: () => void;
  log: Log;
  meter?: Meter;
}

/** A method, because each kind of gesture has its own type of `ack`. */
interface Acknowledger {
  ack(response?: unknown): Promise<void>;
}
type Ack = Acknowledger['ack'];

interface MiddlewareArguments {
  context: Record<string, unknown>;
  next(): Promise<void>;
  ack?: Ack | undefined;
}

/**
 * Runs before every listener. It acknowledges buttons, menus and commands before it asks Slack about the user. A
 * submitted modal is acknowledged by its listener, because the acknowledgement says what to show next.
 */
export const guard =
  (deps: GuardDeps) =>
  async ({ context, ack, next }: MiddlewareArguments): Promise<void> => {
    const ours = gestureContext(context);
    if (ours === null) return;
    const { gesture } = ours;
    if (gesture.kind !== 'submission') await ack?.();
    if (gesture.kind === 'mention' && !(await isFirst(deps, gesture.eventId))) return;
    const decision = await decide(deps, gesture);
    if (!('why' in decision)) {
      ours.grant = decision;
      return next();
    }

    ours.outcome = 'denied';
    const { user, team, channel, action, alertId } = gesture;
    const { why } = decision;
    await Promise.all([
      gesture.kind === 'home' ? null : tellRefused(deps, ack, gesture, why),
      isOnHome(gesture) ? drawHome(deps, user) : null,
      recordRefusal(deps, { user, team, channel, action, why, alertId }),
    ]);
  };

/** Slack delivers an event again if it missed the acknowledgement, maybe to another bot. */
async function isFirst({ seenEvents, log }: GuardDeps, eventId: string): Promise<boolean> {
  try {
    return await Promise.race([
      seenEvents.isFirst(eventId),
      sleep(SEEN_WITHIN_MS, true, { ref: false }),
    ]);
  } catch (error) {
    log.warn('could not check whether an event was delivered before', { error });
    return true;
  }
}

async function decide(
  { accessCheck, alerts, cardChannels }: GuardDeps,
  { kind, user, action, alertId }: Gesture,
): Promise<AccessGrant | { why: DenialReason | OutOfReach }> {
  const access = await accessCheck.decide(user, WAIT_MS[kind]);
  if ('why' in access) return access;
  const { reach } = access;
  if (reach === 'everything') return { reach, alerts };
  const named = NAMES_ALERT.has(action) ? alertId : null;
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

const isOnHome = (gesture: Gesture): boolean =>
  gesture.kind === 'home' || (gesture.kind === 'press' && gesture.isHome);

/** Whoever draws it checks the access again, and draws the refusal. */
async function drawHome({ homes, wake, log }: GuardDeps, user: string): Promise<void> {
  try {
    await homes.open(user);
    wake();
  } catch (error) {
    log.warn('could not have a Home tab drawn', { user, error });
  }
}

/** Answers where the gesture was made and says nothing about any lead: it replaces an open modal. */
async function tellRefused(
  { surface, log }: GuardDeps,
  ack: Ack | undefined,
  gesture: Gesture,
  why: DenialReason | OutOfReach,
): Promise<void> {
  const { text, blocks } = accessDenied(why);
  const modal = infoModal('Not possible', text);
  try {
    if (gesture.kind === 'submission') {
      const { firstInput } = gesture;
      await ack?.(
        firstInput !== null && why === 'unchecked'
          ? // Keep the form and what was typed, so it can be submitted again.
            { response_action: 'errors', errors: { [firstInput]: text } }
          : { response_action: 'update', view: modal },
      );
      return;
    }
    const { user, channel, responseUrl } = gesture;
    const drawing = { text, blocks };
    const view = gesture.kind === 'press' ? gesture.view : null;
    const threadTs = gesture.kind === 'mention' ? gesture.threadTs : null;
    if (view !== null) await surface.updateModal(view.id, modal);
    else if (responseUrl !== null) await surface.answer(responseUrl, drawing, 'person');
    else if ('triggerId' in gesture && channel === null) {
      await tellInModal(surface, gesture, drawing);
    } else await surface.tell(user, channel, drawing, threadTs);
  } catch (error) {
    log.warn('could not tell the user about a refusal', { user: gesture.user, error });
  }
}

/** Logs the refusal and inserts it into the table of refusals. */
export async function recordRefusal(
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
    log.warn('could not record a refusal', { user, action, reason: why, error });
  }
}
