import type { ModalView } from '@slack/types';
import type { Drawing } from '../src/core/message.ts';
import { ids } from './ids.ts';
import { context, divider, fitBlocks, MODAL_ROOM, plainText } from './parts.ts';

/**
 * Shows what will stand in a channel, before it does. Throws for more than 3,000 characters of private metadata,
 * which Slack refuses.
 */
export function shareModal(
  channel: string,
  { blocks }: Drawing,
  privateMetadata: string,
): ModalView {
  if (privateMetadata.length > 3000) {
    throw new RangeError(`private_metadata has ${privateMetadata.length} characters, at most 3000`);
  }
  return {
    type: 'modal',
    callback_id: ids.shareModal,
    private_metadata: privateMetadata,
    title: plainText('Share in channel', 24),
    submit: plainText('Share', 24),
    close: plainText('Cancel', 24),
    blocks: fitBlocks(
      [context(`Everyone in <#${channel}> will see this:`), divider(), ...blocks],
      MODAL_ROOM,
    ),
  };
}

/** For who is in a direct message: where sharing is possible, and how. */
export const notInADirectMessage = (channel: string, command: string): string =>
  `You are in a direct message, so there is no channel to share this in. Open a channel such as <#${channel}>, type \`${command}\` there, and press *Share in channel*.`;
