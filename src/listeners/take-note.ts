import { ids } from '../../blocks/ids.ts';
import { noteModal } from '../../blocks/note-modal.ts';
import { type GestureForm, LONGEST_NOTE, noteErrors } from './gesture-form.ts';

export const noteForm: GestureForm = {
  action: 'note',
  title: 'Take note',
  modal: ids.noteModal,
  whyNot: () => null,
  draw: noteModal,
  async save({ gesture: { user, note }, alertId, alerts }) {
    if (note === '') return { errors: { [ids.gestureNote]: 'Write something.' } };
    const wrong = noteErrors(note, ids.gestureNote, LONGEST_NOTE);
    return wrong ?? alerts.addNote(alertId, user, note ?? '');
  },
};
