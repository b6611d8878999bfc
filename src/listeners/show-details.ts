import { detailsModal } from '../../blocks/details-modal.ts';
import { infoModal } from '../../blocks/info-modal.ts';
import { alertIdOf } from './alert-id.ts';
import type { ListenerDeps } from './deps.ts';
import { openModal } from './modal.ts';
import { remember } from './modal-memory.ts';
import type { Press } from './press.ts';

export const showDetails = (deps: ListenerDeps) => (press: Press) =>
  openModal(deps, press, 'Lead details', async () => {
    const alertId = alertIdOf(press.value);
    const picture = alertId === null ? null : await deps.alerts.find(alertId);
    return picture === null
      ? infoModal('Not found', 'This alert no longer exists. Look the company up with /lead.')
      : detailsModal(
          picture,
          press.user,
          remember({ alertId: picture.alert.id, answer: press.answer, below: null }),
        );
  });
