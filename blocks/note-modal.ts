import type { ModalView } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { ids } from './ids.ts';
import { noteInput } from './inputs.ts';
import { leadSection } from './lead-section.ts';
import { modal } from './parts.ts';

/** Asks for a note about a lead. The answer has the id `ids.gestureNote`. */
export function noteModal(picture: AlertPicture, privateMetadata: string): ModalView {
  return modal({
    callbackId: ids.noteModal,
    title: 'Take note',
    submit: 'Save',
    close: 'Cancel',
    privateMetadata,
    blocks: [
      leadSection(picture),
      noteInput({ id: ids.gestureNote, label: 'Note', hint: 'The team sees it in Details.' }),
    ],
  });
}
