import type { ModalView } from '@slack/types';
import { gestureDone } from '../../blocks/gesture-done.ts';
import { infoModal } from '../../blocks/info-modal.ts';
import { refusal } from '../../blocks/refusal.ts';
import type { AlertPicture, GestureResult } from '../core/alert.ts';
import type { Drawing } from '../core/message.ts';
import type { GestureName } from '../core/metrics.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { Gesture } from './gesture.ts';
import type { AccessGrant } from './gesture-context.ts';
import type { PrivateAnswer } from './modal-metadata.ts';
import { listOf, redrawAnswer } from './private-answers.ts';
import { detailsFor } from './show-details.ts';

/** Shows the outcome where the gesture was made. The deliverer updates the messages in the channel. */
export async function answerGesture(
  deps: ListenerDeps,
  press: Press,
  result: GestureResult,
): Promise<void> {
  deps.wake();
  const { surface, now } = deps;
  const picture = await pictureToDraw(deps, press.grant, result, press.view !== null, press.answer);

  if (press.view !== null) {
    await surface.updateModal(press.view.id, await modalAfter(deps, press, result, picture));
  } else if (result.ok) {
    // The Home tab shows it.
    if (!press.isHome) await confirmGesture(deps, press.user, result.picture, press.tell);
  } else {
    await press.tell(refusal(result.refusal, now()));
  }
  if (press.answer !== null) {
    await redrawAnswer(deps, press.grant, press.answer, press.user, picture);
  }
}

/** Says what was done, with a way back. It is done, so failures are only logged. */
export async function confirmGesture(
  { absences, deadlines, now, log }: ListenerDeps,
  user: string,
  picture: AlertPicture,
  tell: (drawing: Drawing) => Promise<void>,
): Promise<void> {
  const { undo, owner } = picture.alert;
  // Someone else may have been quick.
  if (undo?.actor !== user) return;
  try {
    const isHandOver = undo.kind === 'handed-over' && owner !== null && owner !== user;
    const [absence] = isHandOver ? await absences.among([owner]) : [];
    await tell(
      gestureDone(picture, undo, now(), {
        awayUntil: absence?.until,
        contactWithinMs: deadlines.contactMs,
      }),
    );
  } catch (error) {
    log.warn('could not confirm a gesture', { user, error });
  }
}

/** Logs and counts what became of it. */
export function reportGesture(
  { log, meter }: Pick<ListenerDeps, 'log' | 'meter'>,
  action: GestureName,
  { user, alertId }: Gesture,
  result: GestureResult,
): void {
  const outcome = result.ok ? 'done' : result.refusal.why;
  log.info('gesture', { action, user, ...(alertId === null ? {} : { alertId }), outcome });
  meter?.add('gestures_total', { kind: action, outcome });
}

/**
 * All of the alert after the gesture, refused or not, for what is drawn of it alone: a modal, or an answer about one
 * company. Null if nothing is, or if the alert doesn't exist. If it can't be read: in brief. The gesture itself is done.
 */
export async function pictureToDraw(
  { log }: Pick<ListenerDeps, 'log'>,
  { alerts }: AccessGrant,
  result: GestureResult,
  isInModal: boolean,
  answer: PrivateAnswer | null,
): Promise<AlertPicture | null> {
  const isInAnswer = answer !== null && listOf(answer) === null;
  if (!isInModal && !isInAnswer) return null;
  const brief = result.ok
    ? result.picture
    : 'picture' in result.refusal
      ? result.refusal.picture
      : null;
  if (brief === null) return null;
  return alerts.find(brief.alert.id).catch((error) => {
    log.warn('could not read an alert after a gesture', { alertId: brief.alert.id, error });
    return brief;
  });
}

async function modalAfter(
  deps: ListenerDeps,
  { user, answer }: Press,
  result: GestureResult,
  picture: AlertPicture | null,
): Promise<ModalView> {
  if (picture === null) return infoModal('Not found', 'This alert no longer exists.');
  if (!result.ok) return infoModal('Not changed', refusal(result.refusal, deps.now()).text);
  return detailsFor(deps, user, picture, answer);
}
