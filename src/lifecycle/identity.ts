import type { Logger } from '@slack/web-api';
import { z } from 'zod';
import { slackClient } from '../adapters/slack-client.ts';
import { permanentRefusal } from '../adapters/slack-verdict.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { CannotStart } from './cannot-start.ts';

const identity = z.object({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  user_id: z.string(),
  bot_id: z.string(),
  url: z
    .string()
    .regex(/^https:\/\/[\w.-]{1,200}\/$/)
    .nullish()
    .catch(null),
});

export interface Identity {
  teamId: string;
  /** Null outside an Enterprise organization. */
  enterpriseId: string | null;
  botUserId: string;
  botId: string;
  /** The workspace's URL with a trailing slash; null if Slack didn't return it. */
  url: string | null;
}

/** Who the bot token belongs to. @throws CannotStart when Slack refuses the token. */
export async function whoAmI(
  botToken: string,
  apiUrl: string | undefined,
  sdkLog: Logger,
): Promise<Identity> {
  const client = slackClient({ botToken, apiUrl, sdkLog }, 10_000);
  try {
    const { team_id, enterprise_id, user_id, bot_id, url } = identity.parse(
      await client.auth.test(),
    );
    return {
      teamId: team_id,
      enterpriseId: enterprise_id ?? null,
      botUserId: user_id,
      botId: bot_id,
      url: url ?? null,
    };
  } catch (error) {
    const code = permanentRefusal(error);
    if (code !== null) {
      const advice =
        adviceOnSlack(code) ??
        'Check that it is the bot token of the installed app: Slack app settings → OAuth & Permissions.';
      throw new CannotStart(`Slack refuses SLACK_BOT_TOKEN (${code}). ${advice}`);
    }
    throw error;
  }
}
