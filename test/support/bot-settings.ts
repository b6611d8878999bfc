import type { LocalSlack } from '../../src/sandbox/slack/local-slack.ts';

interface Supabase {
  url: string;
  publishableKey: string;
  keyFor(role: 'lead_bot'): string;
}

/** What connects a bot to a local Slack and an embedded Supabase. Channels are left to the caller. */
export const botSettings = (
  slack: Pick<LocalSlack, 'apiUrl' | 'botToken' | 'appToken'>,
  supabase: Supabase,
) => ({
  SLACK_API_URL: slack.apiUrl,
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SUPABASE_URL: supabase.url,
  SUPABASE_KEY: supabase.keyFor('lead_bot'),
  SUPABASE_PUBLISHABLE_KEY: supabase.publishableKey,
});
