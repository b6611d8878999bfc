import { SHARED, SHARED_ADVICE } from './access.ts';

/**
 * What to do about Slack's error codes.
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
const ADVICE: Readonly<Record<string, string>> = {
  not_in_channel: 'Invite the bot there: /invite.',
  channel_not_found: 'Check the id; if the channel is private, invite the bot there.',
  is_archived: 'Unarchive it, or name another channel.',
  is_inactive: 'Name another channel.',
  restricted_action: 'Let the bot post there: channel settings → posting permissions.',
  [SHARED]: SHARED_ADVICE,
  access_denied:
    'The workspace does not let the app do that: an administrator must allow it (Slack admin → Integrations → Installed apps).',
  app_access_restricted:
    'The workspace restricts this app: an administrator must allow it (Slack admin → Integrations → Installed apps).',
  ekm_access_denied:
    'An administrator has suspended access in Enterprise Key Management, and only an administrator can restore it.',
  team_access_not_granted:
    'The app has not been added to this workspace: an organization administrator must add it.',
  enterprise_is_restricted:
    'The organization does not let the app do that: an organization administrator must allow it.',
};

/** Null for codes without advice. */
export const adviceOnSlack = (code: string): string | null =>
  Object.hasOwn(ADVICE, code) ? (ADVICE[code] ?? null) : null;
