import type { ModalView } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { ids } from './ids.ts';
import { dateInput, radioInput } from './inputs.ts';
import { leadSection } from './lead-section.ts';
import { context, modal } from './parts.ts';

/** Asks until when to put a lead aside. Answers have the ids `ids.snoozeUntil` and `ids.snoozeDate`. */
export function snoozeModal(picture: AlertPicture, privateMetadata: string): ModalView {
  return modal({
    callbackId: ids.snoozeModal,
    title: 'Snooze',
    submit: 'Snooze',
    close: 'Cancel',
    privateMetadata,
    blocks: [
      leadSection(picture),
      radioInput({ id: ids.snoozeUntil, label: 'Until when?' }, [
        ['hour', 'For 1 hour'],
        ['tomorrow', 'Tomorrow at 9:00 AM'],
        ['monday', 'Monday at 9:00 AM'],
        ['date', 'Until a date, at 9:00 AM'],
      ]),
      dateInput({
        id: ids.snoozeDate,
        label: 'Date',
        hint: 'Only for “Until a date”.',
        optional: true,
      }),
      context('It comes back earlier if its score moves by 5 points.'),
    ],
  });
}
