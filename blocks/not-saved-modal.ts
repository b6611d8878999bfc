import type { ModalView, SectionBlock } from '@slack/types';
import { ids } from './ids.ts';
import { bold, plainText, section } from './parts.ts';
import { clean, clip } from './text.ts';

/**
 * Takes the place of a submitted contact form that nobody could save. Its note would be lost with it,
 * so it stands here as it was typed, to be copied.
 */
export function notSavedModal(note: string): ModalView {
  const typed = note.split('\n').map(clean).join('\n').trim();
  const copy: SectionBlock = {
    type: 'section',
    // As plain text no character of it means anything, and its lines stay.
    text: { type: 'plain_text', text: clip(typed, 3000), emoji: false },
  };
  return {
    type: 'modal',
    callback_id: ids.infoModal,
    title: plainText('Mark contacted', 24),
    close: plainText('Close', 24),
    blocks: [
      section(
        'This could not be saved. Close it, and mark the lead as contacted again in a minute.',
      ),
      ...(typed === '' ? [] : [section(bold('Your note, to copy')), copy]),
    ].filter((block) => block !== null),
  };
}
