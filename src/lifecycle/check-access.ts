import { missingScope } from '../adapters/slack-directory.ts';
import { permanentRefusal } from '../adapters/slack-verdict.ts';
import { SHARED_ADVICE } from '../core/access.ts';
import type { Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import type { Log } from '../ops/log.ts';
import { CannotStart } from './cannot-start.ts';

/**
 * Checks that the bot can look up users, which it needs to decide who may work on leads.
 * @throws CannotStart when Slack refuses, for lack of a scope or another reason
 */
export async function checkUserLookup(directory: Directory, botUserId: string): Promise<void> {
  try {
    await directory.person(botUserId);
  } catch (error) {
    throw noScope(error) ?? noLookup(error) ?? error;
  }
}

function noLookup(error: unknown): CannotStart | null {
  const code = permanentRefusal(error);
  if (code === null) return null;
  const advice = adviceOnSlack(code) ?? 'npm run doctor shows what is wrong with the token.';
  return new CannotStart(`Slack refuses to look up users (${code}). ${advice}`);
}

function noScope(error: unknown): CannotStart | null {
  const scope = missingScope(error);
  if (scope === null) return null;
  return new CannotStart(
    `The bot token lacks the scope ${scope}, which the bot needs to check who may work on leads. Add it under OAuth & Permissions and install the app again.`,
  );
}

/**
 * Checks that a channel isn't shared with other organizations and that the bot is in it. A channel without the bot is
 * only logged: the bot posts nothing there until it knows who can read the channel.
 * @throws CannotStart when a scope is missing, or the channel is shared without ALLOW_EXTERNAL
 */
export async function checkChannel(
  directory: Directory,
  channel: string,
  allowExternal: boolean,
  log: Log,
): Promise<void> {
  const warn = (reason: string): void => {
    const advice = adviceOnSlack(reason) ?? 'npm run doctor checks what the bot needs there.';
    log.warn('cannot post in a channel', { channel, reason, advice });
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
    `The channel ${channel} is shared with other organizations, who would see every lead. ${SHARED_ADVICE}`,
  );
}
