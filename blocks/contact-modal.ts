import type { ModalView } from '@slack/types';
import { type AlertPicture, CONTACT_METHODS } from '../src/core/alert.ts';
import { ids } from './ids.ts';
import { noteInput, radioInput } from './inputs.ts';
import { leadSection } from './lead-section.ts';
import { modal } from './parts.ts';
import { METHODS } from './state.ts';

/** Asks how a lead was contacted. Answers have the block and action ids `ids.contactMethod` and `ids.contactNote`. */
export function contactModal(picture: AlertPicture, privateMetadata: string): ModalView {
  return modal({
    callbackId: ids.contactModal,
    title: 'Mark contacted',
    submit: 'Save',
    close: 'Cancel',
    privateMetadata,
    blocks: [
      leadSection(picture),
      radioInput(
        { id: ids.contactMethod, label: 'How did you reach out?' },
        CONTACT_METHODS.map((method) => [method, METHODS[method].label]),
      ),
      noteInput(
        {
          id: ids.contactNote,
          label: 'Note',
          hint: 'The team sees it on the card.',
          optional: true,
        },
        1000,
      ),
    ],
  });
}
