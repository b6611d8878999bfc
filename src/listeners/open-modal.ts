import type { View } from '@slack/types';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';

/** Slack waits three seconds for the acknowledgement. The HTTP receiver and the guard may take 1.1 s of them. */
export const ACK_WITHIN_MS = 1_700;

/** Opens a modal at once and fills it later: a trigger id expires after three seconds, the database may take longer. */
export async function openModal(
  { surface }: ListenerDeps,
  press: Press,
  title: string,
  draw: () => Promise<View>,
): Promise<void> {
  const on = press.view === null ? 'channel' : 'modal';
  const viewId = await surface.openModal(press.triggerId, loadingModal(title), on);
  try {
    await surface.updateModal(viewId, await draw());
  } catch (error) {
    await surface.updateModal(
      viewId,
      infoModal(title, 'This could not be loaded. Close it and try again in a minute.'),
    );
    throw error;
  }
}
