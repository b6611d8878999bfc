import { missingScope } from '../adapters/slack-directory.ts';
import { permanentRefusal } from '../adapters/slack-verdict.ts';
import { SHARED_ADVICE } from '../core/access.ts';
import type { Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import type { Log } from '../ops/log.ts';
import { CannotStart } from './cannot-start.ts';

/**
 * That the bot can tell who may work on leads.
 * @throws CannotStart when Slack refuses to say, for want of a scope or another reason
 */
export async function checkUserLookup(directory: Directory, botUserId: string): Promise<void> {
  try {
    await directory.person(botUserId);
  } catch (error) {
    throw noScope(error) ?? noPeople(error) ?? error;
  }
}

function noPeople(error: unknown): CannotStart | null {
  const code = permanentRefusal(error);
  if (code === null) return null;
  const advice = adviceOnSlack(code) ?? 'npm run doctor says what is wrong with the token.';
  return new CannotStart(`Slack refuses to say who is who (${code}). ${advice}`);
}

function noScope(error: unknown): CannotStart | null {
  const scope = missingScope(error);
  if (scope === null) return null;
  return new CannotStart(
    `The bot token lacks the scope ${scope}, without which the bot can't tell who may work on leads. Add it under OAuth & Permissions and install the app again.`,
  );
}

/**
 * That no other organisation reads along in a channel, and that the bot is there. If it is not, that is told and
 * can wait: nothing is shown there before it is known who reads along.
 * @throws CannotStart when a scope is missing, or the channel is shared although it may not be
 */
export async function checkChannel(
  directory: Directory,
  channel: string,
  allowExternal: boolean,
  log: Log,
): Promise<void> {
  const warn = (reason: string): void => {
    const advice = adviceOnSlack(reason) ?? 'npm run doctor tries what the bot needs there.';
    log.warn('the bot can not post in a channel', { channel, reason, advice });
  };
  try {
    const { audience, obstacle } = await directory.look(channel);
    if (obstacle !== null) warn(obstacle);
    if (audience !== 'external' || allowExternal) return;
  } catch (error) {
    const lacks = noScope(error);
    if (lacks !== null) throw lacks;
    const code = permanentRefusal(error);
    if (code === null) throw error;
    return warn(code);
  }
  throw new CannotStart(
    `The channel ${channel} is shared with other organisations, who would see every lead. ${SHARED_ADVICE}`,
  );
}
