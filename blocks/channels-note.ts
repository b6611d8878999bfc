import type { Drawing } from '../src/core/message.ts';
import { context, message, section } from './parts.ts';

export const isChannel = (id: string): boolean => /^[CG][A-Z0-9]{2,30}$/.test(id);

/** Slack shows the channel's name only to users who can see it. */
export const channelLink = (id: string): string => (isChannel(id) ? `<#${id}>` : 'a channel');

/** Links up to five channels and counts the rest. */
export function channelList(ids: readonly string[]): string {
  const more = ids.length - 5;
  return `${ids.slice(0, 5).map(channelLink).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Adds a note that the list covers only some channels. */
export function limitedToChannels(
  { text, blocks, rich }: Drawing,
  ids: readonly string[],
): Drawing {
  const note = message('', [context(`Only companies with cards in ${channelList(ids)}.`)]).blocks;
  const drawing = message(text, [...blocks, ...note]);
  return rich === undefined ? drawing : { ...drawing, rich: [...rich, ...note] };
}

/** Shown instead of the digest to users who see only some channels. */
export function digestUnavailable(): Drawing {
  const text =
    'The digest covers all companies, and you see only those in your channels. Try `/lead hot`.';
  return message(text, [section(text)]);
}
