import type { ModalView } from '@slack/types';
import type { Drawing } from '../src/core/message.ts';
import { ids } from './ids.ts';
import { divider, modal, section } from './parts.ts';

/** A modal without input. `title` is plain text, `text` safe mrkdwn. */
export function infoModal(title: string, text: string): ModalView {
  return modal({
    callbackId: ids.infoModal,
    title,
    close: 'Close',
    blocks: [section(text) ?? divider()],
  });
}

/** Opened first, because a trigger id expires after three seconds. */
export function loadingModal(title: string): ModalView {
  return infoModal(title, 'Loading…');
}

/** What would otherwise be a private message. */
export function answerModal({ text, blocks }: Drawing, title = 'Leads'): ModalView {
  return modal({
    callbackId: ids.infoModal,
    title,
    close: 'Close',
    blocks: blocks.length === 0 ? [section(text) ?? divider()] : blocks,
  });
}
