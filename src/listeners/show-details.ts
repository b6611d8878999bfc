import type { ModalView } from '@slack/types';
import { detailsModal } from '../../blocks/details-modal.ts';
import { infoModal } from '../../blocks/info-modal.ts';
import type { AlertPicture } from '../core/alert.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import { type PrivateAnswer, writeMetadata } from './modal-metadata.ts';
import { openModal } from './open-modal.ts';

export const showDetails = (deps: ListenerDeps) => (press: Press) =>
  openModal(deps, press, 'Lead details', async () => {
    const { alertId } = press;
    const picture = alertId === null ? null : await press.grant.alerts.find(alertId);
    return picture === null
      ? infoModal('Not found', 'This alert no longer exists. Look the company up with /lead.')
      : detailsFor(deps, press.user, picture, press.answer);
  });

/** @param answer the private answer the modal was opened from */
export const detailsFor = async (
  { managers }: Pick<ListenerDeps, 'managers'>,
  user: string,
  picture: AlertPicture,
  answer: PrivateAnswer | null,
): Promise<ModalView> =>
  detailsModal(
    picture,
    user,
    writeMetadata({ alertId: picture.alert.id, answer, below: null, channel: null, isHome: false }),
    await managers.include(user),
  );
