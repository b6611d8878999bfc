import type { Drawing } from '../src/core/message.ts';
import { context, message, section } from './parts.ts';

/** Channels are shown by their ids, which Slack turns into names for those who may know them. */
export const channelLink = (id: string): string =>
  /^[CG][A-Z0-9]{2,30}$/.test(id) ? `<#${id}>` : 'a channel';

/** At most five by name. */
export function channelList(ids: readonly string[]): string {
  const more = ids.length - 5;
  return `${ids.slice(0, 5).map(channelLink).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A list of one who sees the companies of some channels only: it says so. */
export const limitedToChannels = ({ text, blocks }: Drawing, ids: readonly string[]): Drawing =>
  message(text, [...blocks, context(`Only companies with cards in ${channelList(ids)}.`)]);

/** For them in place of the digest. */
export function digestUnavailable(): Drawing {
  const text =
    'The digest covers all companies, and you see only those in your channels. Try `/lead hot`.';
  return message(text, [section(text)]);
}
