import { detailsModal } from '../../blocks/details-modal.ts';
import { infoModal } from '../../blocks/info-modal.ts';
import { refusal } from '../../blocks/refusal.ts';
import type { GestureResult } from '../core/alert.ts';
import type { ListenerDeps } from './deps.ts';
import type { Press } from './press.ts';
import { refreshedAnswer } from './private-answers.ts';

/**
 * Shows the outcome of a gesture where it was made. The messages of the channel are not touched
 * here: the gesture has raised their versions, and the deliverer draws them.
 */
export async function answerGesture(
  deps: ListenerDeps,
  press: Press,
  result: GestureResult,
): Promise<void> {
  deps.wake();
  const { surface, now } = deps;
  const picture = result.ok
    ? result.picture
    : 'picture' in result.refusal
      ? result.refusal.picture
      : null;

  if (press.viewId !== null) {
    const view =
      result.ok || picture === null
        ? picture && detailsModal(picture, press.user)
        : infoModal('Not changed', refusal(result.refusal, now()).text);
    await surface.updateModal(
      press.viewId,
      view ?? infoModal('Not found', 'This alert no longer exists.'),
    );
    return;
  }
  if (!result.ok) await press.tell(refusal(result.refusal, now()));
  if (press.on === 'private-answer' && picture !== null) {
    await press.replaceAnswer(await refreshedAnswer(deps, press.blockId, press.user, picture));
  }
}
