import type { ModalView } from '@slack/types';
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
