import { expect, test } from 'vitest';
import { adviceOnSlack } from '../../src/core/slack-advice.ts';

test.each([
  ['not_in_channel', 'Invite the bot'],
  ['channel_not_found', 'Check the id'],
  ['is_archived', 'Unarchive it'],
  ['is_inactive', 'another channel'],
  ['restricted_action', 'posting permissions'],
  ['access_denied', 'an administrator must allow it'],
  ['app_access_restricted', 'an administrator must allow it'],
  ['ekm_access_denied', 'Enterprise Key Management'],
  ['team_access_not_granted', 'an organization administrator must add it'],
  ['enterprise_is_restricted', 'an organization administrator must allow it'],
])('says what to do about %s', (code, words) => {
  expect(adviceOnSlack(code)).toContain(words);
});

test.each(['msg_too_long', '', 'constructor', 'toString'])('has no advice on %j', (code) => {
  expect(adviceOnSlack(code)).toBeNull();
});
