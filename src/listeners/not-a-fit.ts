import { ids } from '../../blocks/ids.ts';
import { notAFitModal } from '../../blocks/not-a-fit-modal.ts';
import type { ListenerDeps } from './deps.ts';
import { type GestureForm, LONGEST_NOTE, noteErrors } from './gesture-form.ts';
import { whyNotWork } from './rights.ts';

export const notAFitForm = ({ quietAfterNotAFitMs }: ListenerDeps): GestureForm => ({
  action: 'not-a-fit',
  title: 'Not a fit',
  modal: ids.notAFitModal,
  whyNot: whyNotWork,
  draw: (picture, privateMetadata) => notAFitModal(picture, privateMetadata, quietAfterNotAFitMs),
  async save({ gesture: { user, reason, note }, alertId, alerts, rights }) {
    if (reason === null) return { errors: { [ids.notAFitReason]: 'Choose a reason.' } };
    const wrong = noteErrors(note, ids.gestureNote, LONGEST_NOTE);
    return wrong ?? alerts.notAFit(alertId, user, reason, note ?? '', quietAfterNotAFitMs, rights);
  },
});
