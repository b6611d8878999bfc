import type { ModalView, SectionBlock } from '@slack/types';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { ids } from './ids.ts';
import { bold, divider, modal, section } from './parts.ts';
import { clean, clip } from './text.ts';

const FAILED = "This couldn't be saved. Close it, and try again in a minute.";

/** Replaces a form that was not saved, and shows the typed note so that it isn't lost. `why` is safe mrkdwn. */
export function notSavedModal(title: string, note: string, why = FAILED): ModalView {
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
      section(why) ?? divider(),
      ...(typed === '' ? [] : [section(bold('Copy your note')), copy]),
    ],
  });
}
