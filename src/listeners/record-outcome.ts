import { ids } from '../../blocks/ids.ts';
import { outcomeModal } from '../../blocks/outcome-modal.ts';
import type { AlertPicture, Refusal } from '../core/alert.ts';
import type { GestureRights } from '../core/ports.ts';
import { morningOf } from '../core/snooze.ts';
import type { ListenerDeps } from './deps.ts';
import { dateErrors, type GestureForm, LONGEST_NOTE, noteErrors } from './gesture-form.ts';

export const outcomeForm = ({ accessCheck, timeZone, now }: ListenerDeps): GestureForm => ({
  action: 'outcome',
  title: 'Outcome',
  modal: ids.outcomeModal,
  whyNot,
  draw: outcomeModal,
  async save({ gesture: { user, outcome, date, note }, alertId, alerts, rights }) {
    if (outcome === null) return { errors: { [ids.outcomeKind]: 'Choose what came of it.' } };
    const wrong = noteErrors(note, ids.gestureNote, LONGEST_NOTE);
    if (wrong !== null) return wrong;
    const until =
      outcome === 'not-now' && date !== null
        ? morningOf(date, accessCheck.timeZoneOf(user) ?? timeZone)
        : null;
    const result = await alerts.outcome(alertId, user, outcome, until, note ?? '', rights);
    return dateErrors(result, ids.outcomeDate, now()) ?? result;
  },
});

/** A contacted lead may have ended before anything came of it. */
function whyNot(
  picture: AlertPicture,
  user: string,
  { isManager = false }: GestureRights,
): Refusal | null {
  const { status, owner, closedAt } = picture.alert;
  if (status !== 'contacted' && closedAt !== null) return { why: 'over', picture };
  if (owner === null || (owner !== user && !isManager)) return { why: 'not-yours', owner, picture };
  return status === 'contacted' ? null : { why: 'not-contacted', picture };
}
