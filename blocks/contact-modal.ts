import type { ModalView } from '@slack/types';
import { type AlertPicture, CONTACT_METHODS } from '../src/core/alert.ts';
import { accountName, champion } from './facts.ts';
import { ids } from './ids.ts';
import { bold, fitBlocks, MODAL_ROOM, option, plainText, section } from './parts.ts';
import { best, METHODS } from './state.ts';
import { safe } from './text.ts';

/**
 * Asks how a lead was contacted. Answers are read from block and action ids `ids.contactMethod` and
 * `ids.contactNote`. Throws for more than 3,000 characters of private metadata, which Slack refuses.
 */
export function contactModal(picture: AlertPicture, privateMetadata: string): ModalView {
  if (privateMetadata.length > 3000) {
    throw new RangeError(`private_metadata has ${privateMetadata.length} characters, at most 3000`);
  }
  const lead = best(picture);
  const who = lead === null ? null : champion({ ...lead, featuresUsed: [] });
  const name = bold(safe(accountName(picture.account), 100));
  return {
    type: 'modal',
    callback_id: ids.contactModal,
    private_metadata: privateMetadata,
    title: plainText('Mark contacted', 24),
    submit: plainText('Save', 24),
    close: plainText('Cancel', 24),
    blocks: fitBlocks(
      [
        section(who === null ? name : `${name}\n${who}`),
        {
          type: 'input',
          block_id: ids.contactMethod,
          label: plainText('How did you reach out?', 2000),
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
          label: plainText('Note', 2000),
          hint: plainText('The team sees it on the card.', 2000),
          element: {
            type: 'plain_text_input',
            action_id: ids.contactNote,
            multiline: true,
            max_length: 1000,
          },
        },
      ],
      MODAL_ROOM,
    ),
  };
}
