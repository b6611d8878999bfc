import type { ModalView, SectionBlock } from '@slack/types';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { ids } from './ids.ts';
import { bold, modal, section } from './parts.ts';
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
    text: { type: 'plain_text', text: clip(typed, SLACK_LIMITS.text), emoji: false },
  };
  return modal({
    callbackId: ids.infoModal,
    title: 'Mark contacted',
    close: 'Close',
    blocks: [
      section(
        "This couldn't be saved. Close it, and mark the lead as contacted again in a minute.",
      ),
      ...(typed === '' ? [] : [section(bold('Copy your note')), copy]),
    ],
  });
}
