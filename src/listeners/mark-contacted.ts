import { contactModal } from '../../blocks/contact-modal.ts';
import { ids } from '../../blocks/ids.ts';
import type { AlertPicture, Refusal } from '../core/alert.ts';
import type { GestureRights } from '../core/ports.ts';
import { type GestureForm, noteErrors } from './gesture-form.ts';

export const contactForm: GestureForm = {
  action: 'contact',
  title: 'Mark contacted',
  modal: ids.contactModal,
  whyNot,
  draw: contactModal,
  async save({ gesture: { user, method, note }, alertId, alerts, rights }) {
    if (method === null) return { errors: { [ids.contactMethod]: 'Choose how you reached out.' } };
    const wrong = noteErrors(note, ids.contactNote, 1_000);
    return wrong ?? alerts.contact(alertId, user, method, note ?? '', rights);
  },
};

/** The owner may have reached out before it ended, and only now record it. */
function whyNot(
  picture: AlertPicture,
  user: string,
  { isManager = false }: GestureRights,
): Refusal | null {
  const { status, owner, closedAt, hold } = picture.alert;
  if (status === 'merged') return { why: 'over', picture };
  if (owner === null || (owner !== user && !isManager)) {
    return closedAt === null ? { why: 'not-yours', owner, picture } : { why: 'over', picture };
  }
  return hold?.kind === 'not-a-fit' ? { why: 'not-a-fit', hold, picture } : null;
}
