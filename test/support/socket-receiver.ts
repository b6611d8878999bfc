import { SocketModeReceiver } from '@slack/bolt';
import { readEnv } from '../../src/env.ts';
import { buildReceiver } from '../../src/intake/receiver.ts';
import type { Log } from '../../src/ops/log.ts';
import { mutedSdkLog } from '../../src/ops/sdk-log.ts';
import type { LocalSlack } from '../../src/sandbox/slack/local-slack.ts';

/** The socket receiver as the bot builds it, without a database. */
export function socketReceiver(
  slack: Pick<LocalSlack, 'apiUrl' | 'botToken' | 'appToken'>,
  log: Log,
): SocketModeReceiver {
  const env = readEnv({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    SUPABASE_URL: 'http://127.0.0.1:9',
    SUPABASE_KEY: 'a-key-that-nobody-asks-for',
    ALERT_CHANNEL: 'C0HOTLEADS',
  });
  const seen = { isFirst: async () => true };
  const receiver = buildReceiver(env, mutedSdkLog, log, seen, () => [], undefined);
  if (!(receiver instanceof SocketModeReceiver)) throw new Error('not Socket Mode');
  return receiver;
}
