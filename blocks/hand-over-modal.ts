import type { ModalView } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { ids } from './ids.ts';
import { noteInput, personInput } from './inputs.ts';
import { leadSection } from './lead-section.ts';
import { modal } from './parts.ts';

/** Asks who gets a lead. Answers have the ids `ids.handOverTo` and `ids.gestureNote`. */
export function handOverModal(picture: AlertPicture, privateMetadata: string): ModalView {
  return modal({
    callbackId: ids.handOverModal,
    title: 'Hand over',
    submit: 'Hand over',
    close: 'Cancel',
    privateMetadata,
    blocks: [
      leadSection(picture),
      personInput({ id: ids.handOverTo, label: 'Who takes it?', hint: 'It is theirs at once.' }),
      noteInput({
        id: ids.gestureNote,
        label: 'Note',
        hint: 'What they should know. The team sees it in Details.',
        optional: true,
      }),
    ],
  });
}
