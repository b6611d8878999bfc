import type { DenialReason, OutOfReach } from '../src/core/access.ts';

const ANOTHER = 'Choose someone else.';

const WORDS: Readonly<
  Record<DenialReason | OutOfReach | 'already-yours' | 'already-theirs', string>
> = {
  'already-yours': `You already have this lead. ${ANOTHER}`,
  'already-theirs': `They already have this lead. ${ANOTHER}`,
  bot: `Apps can’t work on leads. ${ANOTHER}`,
  deactivated: `Their account is deactivated. ${ANOTHER}`,
  guest: `They are a guest, and guests can’t work on leads. ${ANOTHER}`,
  external: `They are from another organization and can’t work on leads. ${ANOTHER}`,
  'not-in-channel': `They aren’t in the leads channel. Add them to it first, or choose someone else.`,
  'other-channel': `They aren’t in this lead’s channel. Add them to it first, or choose someone else.`,
  unchecked: 'Slack didn’t confirm in time that they may have it. Try again in a minute.',
};

/** Why a person can't be given a lead. Plain text, shown on an input. */
export const cannotHave = (why: keyof typeof WORDS): string => WORDS[why];
