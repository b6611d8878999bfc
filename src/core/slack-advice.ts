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
    'The workspace does not let the app do that: an administrator has to allow it (Slack admin → Integrations → Installed apps).',
  app_access_restricted:
    'The workspace restricts what this app may do: an administrator has to allow it (Slack admin → Integrations → Installed apps).',
  ekm_access_denied:
    'An administrator has suspended access by Enterprise Key Management: only they can restore it.',
  team_access_not_granted:
    'The app is not granted to this workspace: an administrator of the organization has to add it there.',
  enterprise_is_restricted:
    'The organization does not let the app do that: an administrator of it has to allow it.',
};

/** Null for codes without advice. */
export const adviceOnSlack = (code: string): string | null =>
  Object.hasOwn(ADVICE, code) ? (ADVICE[code] ?? null) : null;
