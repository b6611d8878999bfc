import type { ModalView, SectionBlock } from '@slack/types';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { ids } from './ids.ts';
import { bold, modal, section } from './parts.ts';
import { clean, clip } from './text.ts';

/** Replaces a form that could not be saved, and shows the typed note so that it isn't lost. */
export function notSavedModal(note: string, title = 'Mark contacted'): ModalView {
  const typed = note.split('\n').map(clean).join('\n').trim();
  const copy: SectionBlock = {
    type: 'section',
    // Plain text keeps line breaks and needs no escaping.
    text: { type: 'plain_text', text: clip(typed, SLACK_LIMITS.text), emoji: false },
  };
  return modal({
    callbackId: ids.infoModal,
    title,
    close: 'Close',
    blocks: [
      section("This couldn't be saved. Close it, and try again in a minute."),
      ...(typed === '' ? [] : [section(bold('Copy your note')), copy]),
    ],
  });
}
