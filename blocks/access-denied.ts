import type { ChannelDenialReason, DenialReason, OutOfReach } from '../src/core/access.ts';
import type { Drawing } from '../src/core/message.ts';
import { message, section } from './parts.ts';

const MEMBERS_ONLY = 'Only members of this workspace can work on leads.';

const MESSAGES: Readonly<Record<DenialReason | ChannelDenialReason | OutOfReach, string>> = {
  external: MEMBERS_ONLY,
  guest: 'Guests can’t work on leads.',
  bot: MEMBERS_ONLY,
  deactivated: MEMBERS_ONLY,
  'not-in-channel':
    'Only people in the leads channel can do that. If you just joined it, try again in a few seconds.',
  'other-channel':
    'This lead belongs to another channel. You can work on leads in your own channels. People in the main leads channel can work on every lead.',
  unchecked:
    'Slack didn’t confirm in time that you may do that, so nothing was done. Try again in a minute.',
  'shared-channel': 'Nothing was shared: people from other organizations can read this channel.',
  'unknown-channel':
    'Nothing was shared: I can’t tell whether people from other organizations can read this channel. Invite me here, then try again.',
};

/** Why the user can't do this. Reveals nothing about any lead. */
export function accessDenied(why: DenialReason | ChannelDenialReason | OutOfReach): Drawing {
  const text = MESSAGES[why];
  return message(text, [section(text)]);
}
