import type { App } from '@slack/bolt';
import type { Drawing } from '../core/message.ts';
import type { ListenerDeps } from './deps.ts';
import type { PressGesture } from './gesture.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';
import type { PrivateAnswer } from './modal-metadata.ts';
import { tellInModal } from './tell-in-modal.ts';

export interface Press extends PressGesture {
  grant: AccessGrant;
  /** The private answer with the button, or that the button's modal was opened from. */
  answer: PrivateAnswer | null;
  /** Shows something to this user alone: on Home, in a modal. */
  tell(drawing: Drawing): Promise<void>;
}

export type PressListener = (press: Press) => Promise<void>;

/** Registers a listener for a button or menu. The guard has acknowledged the press. */
export function onPress(
  app: App,
  actionId: string,
  { surface }: ListenerDeps,
  listener: PressListener,
): void {
  app.action(actionId, async ({ context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'press') return;
    const { gesture, grant } = ours;
    const { user, channel, responseUrl, isHome } = gesture;
    await listener({
      ...gesture,
      grant,
      answer: privateAnswerOf(gesture),
      tell: (drawing) => {
        if (isHome) return tellInModal(surface, gesture, drawing);
        return responseUrl === null
          ? surface.tell(user, channel, drawing)
          : surface.answer(responseUrl, drawing, 'person');
      },
    });
  });
}

function privateAnswerOf(gesture: PressGesture): PrivateAnswer | null {
  const { view, isEphemeral, responseUrl, blockId } = gesture;
  if (view !== null) return view.alertMetadata?.answer ?? null;
  return isEphemeral && responseUrl !== null ? { url: responseUrl, blockId } : null;
}
