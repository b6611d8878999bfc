import type { ModalView } from '@slack/types';
import { ids } from './ids.ts';
import { divider, modal, section } from './parts.ts';

/** A modal that only says something. `title` is plain text, `text` safe mrkdwn: a refusal's may hold a mention. */
export function infoModal(title: string, text: string): ModalView {
  return modal({
    callbackId: ids.infoModal,
    title,
    close: 'Close',
    blocks: [section(text) ?? divider()],
  });
}

/** Stands while its data is fetched, because a trigger id dies after three seconds. */
export function loadingModal(title: string): ModalView {
  return infoModal(title, 'Loading…');
}
