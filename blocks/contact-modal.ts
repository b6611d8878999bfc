import type { ModalView } from '@slack/types';
import { type AlertPicture, CONTACT_METHODS } from '../src/core/alert.ts';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { accountName, champion } from './facts.ts';
import { ids } from './ids.ts';
import { bold, modal, option, plainText, section } from './parts.ts';
import { bestLead, METHODS } from './state.ts';
import { safe } from './text.ts';

/** Asks how a lead was contacted. Answers have the block and action ids `ids.contactMethod` and `ids.contactNote`. */
export function contactModal(picture: AlertPicture, privateMetadata: string): ModalView {
  const lead = bestLead(picture);
  const who = lead === null ? null : champion({ ...lead, featuresUsed: [] });
  const name = bold(safe(accountName(picture.account), 100));
  return modal({
    callbackId: ids.contactModal,
    title: 'Mark contacted',
    submit: 'Save',
    close: 'Cancel',
    privateMetadata,
    blocks: [
      section(who === null ? name : `${name}\n${who}`),
      {
        type: 'input',
        block_id: ids.contactMethod,
        label: plainText('How did you reach out?', SLACK_LIMITS.inputLabel),
        element: {
          type: 'radio_buttons',
          action_id: ids.contactMethod,
          options: CONTACT_METHODS.map((method) => option(METHODS[method].label, method)).filter(
            (choice) => choice !== null,
          ),
        },
      },
      {
        type: 'input',
        block_id: ids.contactNote,
        optional: true,
        label: plainText('Note', SLACK_LIMITS.inputLabel),
        hint: plainText('The team sees it on the card.', SLACK_LIMITS.inputLabel),
        element: {
          type: 'plain_text_input',
          action_id: ids.contactNote,
          multiline: true,
          max_length: 1000,
        },
      },
    ],
  });
}
