import type { ModalView } from '@slack/types';
import { type AlertPicture, NOT_A_FIT_REASONS } from '../src/core/alert.ts';
import { span } from './format.ts';
import { ids } from './ids.ts';
import { noteInput, selectInput } from './inputs.ts';
import { leadSection } from './lead-section.ts';
import { context, modal } from './parts.ts';
import { REASONS } from './state.ts';

/** Asks why nobody should work on a lead. Answers have the ids `ids.notAFitReason` and `ids.gestureNote`. */
export function notAFitModal(
  picture: AlertPicture,
  privateMetadata: string,
  quietMs: number,
): ModalView {
  return modal({
    callbackId: ids.notAFitModal,
    title: 'Not a fit',
    submit: 'Save',
    close: 'Cancel',
    privateMetadata,
    blocks: [
      leadSection(picture),
      selectInput(
        { id: ids.notAFitReason, label: 'Why not?' },
        NOT_A_FIT_REASONS.map((reason) => [reason, REASONS[reason]]),
      ),
      noteInput({
        id: ids.gestureNote,
        label: 'Note',
        hint: 'The team sees it in Details, and on the card if the lead returns.',
        optional: true,
      }),
      context(
        `This closes the lead for everyone. It may return after ${span(quietMs)}, or earlier if its score rises by 10 points or someone new at the company turns hot.`,
      ),
    ],
  });
}
