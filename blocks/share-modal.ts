import type { ModalView } from '@slack/types';
import type { Drawing } from '../src/core/message.ts';
import { ids } from './ids.ts';
import { context, divider, modal } from './parts.ts';

/** Shows what will be posted in a channel before it is. */
export function shareModal(
  channel: string,
  { blocks }: Drawing,
  privateMetadata: string,
): ModalView {
  return modal({
    callbackId: ids.shareModal,
    title: 'Share in channel',
    submit: 'Share',
    close: 'Cancel',
    privateMetadata,
    blocks: [context(`Everyone in <#${channel}> will see this:`), divider(), ...blocks],
  });
}

export const cannotShareInDm = (channel: string, command: string): string =>
  `This is a direct message, so there is no channel to share it in. In a channel such as <#${channel}>, type \`${command}\` and press *Share in channel*.`;
