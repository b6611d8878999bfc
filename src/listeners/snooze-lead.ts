import { ids } from '../../blocks/ids.ts';
import { snoozeModal } from '../../blocks/snooze-modal.ts';
import { morningOf, snoozeEnd } from '../core/snooze.ts';
import type { ListenerDeps } from './deps.ts';
import { dateErrors, type GestureForm } from './gesture-form.ts';
import { whyNotWork } from './rights.ts';

export const snoozeForm = ({ accessCheck, timeZone, now }: ListenerDeps): GestureForm => ({
  action: 'snooze',
  title: 'Snooze',
  modal: ids.snoozeModal,
  whyNot: whyNotWork,
  draw: snoozeModal,
  async save({ gesture: { user, until, date }, alertId, alerts, rights }) {
    if (until === null) return { errors: { [ids.snoozeUntil]: 'Choose until when.' } };
    const zone = accessCheck.timeZoneOf(user) ?? timeZone;
    if (until !== 'date') {
      return alerts.snooze(alertId, user, snoozeEnd(until, now(), zone), rights);
    }
    if (date === null) return { errors: { [ids.snoozeDate]: 'Choose a date.' } };
    const result = await alerts.snooze(alertId, user, morningOf(date, zone), rights);
    return dateErrors(result, ids.snoozeDate, now()) ?? result;
  },
});
