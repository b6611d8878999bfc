import type { ChannelDenialReason, DenialReason, OutOfReach } from '../src/core/access.ts';
import type { Drawing } from '../src/core/message.ts';
import { message, section } from './parts.ts';

const MEMBERS_ONLY = 'Only members of this workspace can work on leads.';

const SAID: Readonly<Record<DenialReason | ChannelDenialReason | OutOfReach, string>> = {
  external: MEMBERS_ONLY,
  guest: 'Guests of this workspace can’t work on leads.',
  bot: MEMBERS_ONLY,
  deactivated: MEMBERS_ONLY,
  'not-in-channel':
    'Only people in the channel for leads can do that. If you have just joined it, try again in a few seconds.',
  'other-channel':
    'This lead belongs to another channel. You can work on the leads of your own channels; people in the channel for all leads can work on every lead.',
  unchecked:
    'Slack did not say in time whether you may do that, so nothing was done. Please try again in a minute.',
  'shared-channel': 'Nothing was shared: people of other organisations read along in this channel.',
  'unknown-channel':
    'Nothing was shared: I can’t tell whether people of other organisations read along here. Invite me to this channel, then try again.',
};

/** Why somebody may see or do nothing here. It says nothing about any lead. */
export function noEntry(why: DenialReason | ChannelDenialReason | OutOfReach): Drawing {
  const text = SAID[why];
  return message(text, [section(text)]);
}
