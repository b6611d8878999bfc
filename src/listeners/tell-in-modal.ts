import { answerModal } from '../../blocks/info-modal.ts';
import type { Drawing } from '../core/message.ts';
import type { Surface } from '../core/ports.ts';

/** For gestures without a channel to answer in. Sends a direct message if no modal can be opened. */
export async function tellInModal(
  surface: Surface,
  { user, triggerId }: { user: string; triggerId: string },
  drawing: Drawing,
): Promise<void> {
  try {
    await surface.openModal(triggerId, answerModal(drawing), 'channel');
  } catch {
    await surface.tell(user, null, drawing);
  }
}
