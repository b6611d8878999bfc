import type { ModalView } from '@slack/types';
import { ids } from './ids.ts';
import { plainText, section } from './parts.ts';

/** A modal that only says something. `title` is plain text, `text` safe mrkdwn: a refusal's may hold a mention. */
export function infoModal(title: string, text: string): ModalView {
  return {
    type: 'modal',
    callback_id: ids.infoModal,
    title: plainText(title, 24),
    close: plainText('Close', 24),
    blocks: [section(text) ?? { type: 'divider' }],
  };
}

/** Stands while its data is fetched, because a trigger id dies after three seconds. */
export function loadingModal(title: string): ModalView {
  return infoModal(title, 'Loading…');
}
