import { cannotHave } from '../../blocks/cannot-have.ts';
import { handOverModal } from '../../blocks/hand-over-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { whyNotGiven } from '../core/admission.ts';
import type { ListenerDeps } from './deps.ts';
import { type FormErrors, type GestureForm, LONGEST_NOTE, noteErrors } from './gesture-form.ts';
import { whyNotWork } from './rights.ts';

const refused = (why: string): FormErrors => ({ errors: { [ids.handOverTo]: why } });

export const handOverForm = (deps: ListenerDeps): GestureForm => ({
  action: 'hand-over',
  title: 'Hand over',
  modal: ids.handOverModal,
  whyNot(picture, user, rights) {
    const why = whyNotWork(picture, user, rights);
    if (why !== null || picture.alert.owner !== null || rights.isManager) return why;
    return { why: 'not-yours', owner: null, picture };
  },
  draw: handOverModal,
  async save({ gesture: { user, to, note }, alertId, alerts, rights }) {
    if (to === null) return refused('Choose a person.');
    const wrong = noteErrors(note, ids.gestureNote, LONGEST_NOTE);
    if (wrong !== null) return wrong;
    const why = await whyNotGiven(deps, to, alertId);
    if (why !== null) return refused(cannotHave(why));
    const result = await alerts.handOver(alertId, user, to, note ?? '', rights);
    if (result.ok || result.refusal.why !== 'already-theirs') return result;
    return refused(cannotHave(to === user ? 'already-yours' : 'already-theirs'));
  },
});
