import type { ModalView } from '@slack/types';
import { type AlertPicture, OUTCOMES } from '../src/core/alert.ts';
import { ids } from './ids.ts';
import { dateInput, noteInput, radioInput } from './inputs.ts';
import { leadSection } from './lead-section.ts';
import { modal } from './parts.ts';
import { OUTCOME_WORDS } from './state.ts';

/** Asks what came of reaching out. Answers have the ids `ids.outcomeKind`, `ids.outcomeDate` and `ids.gestureNote`. */
export function outcomeModal(picture: AlertPicture, privateMetadata: string): ModalView {
  return modal({
    callbackId: ids.outcomeModal,
    title: 'Outcome',
    submit: 'Save',
    close: 'Cancel',
    privateMetadata,
    blocks: [
      leadSection(picture),
      radioInput(
        { id: ids.outcomeKind, label: 'What came of it?' },
        OUTCOMES.map((outcome) => [outcome, OUTCOME_WORDS[outcome]]),
      ),
      dateInput({
        id: ids.outcomeDate,
        label: 'Try again on',
        hint: 'Only for “Not now”.',
        optional: true,
      }),
      noteInput({
        id: ids.gestureNote,
        label: 'Note',
        hint: 'The team sees it in Details, and on the next card for this company.',
        optional: true,
      }),
    ],
  });
}
