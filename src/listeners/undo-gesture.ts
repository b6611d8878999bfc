import { gestureUndone } from '../../blocks/gesture-undone.ts';
import { refusal } from '../../blocks/refusal.ts';
import type { GestureResult } from '../core/alert.ts';
import { answerGesture, reportGesture } from './answer-gesture.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';

/** Undone or not, the confirmation with the button has served its time, and the answer takes its place. */
export const undoGesture = (deps: ListenerDeps) => async (press: Press) => {
  const { alertId, undoId, user, view, isHome, responseUrl, isEphemeral, isDirect, grant } = press;
  const result: GestureResult =
    alertId === null || undoId === null
      ? { ok: false, refusal: { why: 'not-found' } }
      : await grant.alerts.undo(alertId, user, undoId);
  reportGesture(deps, 'undo', press, result);
  if (view !== null || isHome) return answerGesture(deps, press, result);
  deps.wake();
  const drawing = result.ok ? gestureUndone(result.picture) : refusal(result.refusal, deps.now());
  if (responseUrl !== null && (isEphemeral || isDirect)) {
    await deps.surface.replaceAnswer(responseUrl, drawing);
  } else {
    await press.tell(drawing);
  }
};
