import type { WebClient } from '@slack/web-api';
import { judge } from '../adapters/slack-verdict.ts';
import { type AccessPolicy, type PersonKind, SHARED_ADVICE } from '../core/access.ts';
import type { Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { type Finding, note, ok, problem } from './finding.ts';

/** Slack allows about a hundred of these calls a minute. */
const MAX_PEOPLE = 80;

export interface ChannelCheck {
  bot: WebClient;
  directory: Directory;
  policy: AccessPolicy;
  /** Also post a test message. */
  post: boolean;
}

const TEST_MESSAGE =
  'This is a test from Lead Alerts: the bot can post here. You can delete this message.';

/** @param name the setting that names the channel */
export async function* checkChannel(
  check: ChannelCheck,
  name: string,
  channel: string,
): AsyncGenerator<Finding, void, undefined> {
  const history = await checkHistory(check.bot, name, channel);
  yield history;
  if (history.kind === 'ok') yield* checkReaders(check, name, channel);
  if (check.post) yield await postTest(check.bot, name, channel);
}

async function postTest(bot: WebClient, name: string, channel: string): Promise<Finding> {
  try {
    await bot.chat.postMessage({ channel, text: TEST_MESSAGE });
    return ok(`Posted a test message in ${name} (${channel}). You can delete it.`);
  } catch (error) {
    return problem(
      `Could not post a test message in ${name} (${channel}): ${judge(error).reason}.`,
    );
  }
}

/** The bot reads the history when the outcome of a post is unclear. Only members may. */
async function checkHistory(bot: WebClient, name: string, channel: string): Promise<Finding> {
  try {
    await bot.conversations.history({ channel, limit: 1 });
    return ok(`The bot is in ${name} (${channel}) and can read its history.`);
  } catch (error) {
    const { reason } = judge(error);
    switch (reason) {
      case 'not_in_channel':
        return problem(`The bot is not in ${name} (${channel}). Invite it there: /invite.`);
      case 'channel_not_found':
        return problem(
          `The bot can't find the channel ${channel} (${name}). Check the id; if the channel is private, invite the bot.`,
        );
      case 'missing_scope':
        return problem(
          `The bot may not read the history of ${name} (${channel}): it needs the scope channels:history, or groups:history for a private channel.`,
        );
      default:
        return problem(
          [`Can't read ${name} (${channel}): ${reason}.`, adviceOnSlack(reason)]
            .filter((part) => part !== null)
            .join(' '),
        );
    }
  }
}

/** Everyone in a channel sees its cards, even those who may not act on them. */
async function* checkReaders(
  { directory, policy }: ChannelCheck,
  name: string,
  channel: string,
): AsyncGenerator<Finding, void, undefined> {
  try {
    if ((await directory.audience(channel)) === 'external') {
      const shared = `${name} (${channel}) is shared with other organizations, who see every lead posted there.`;
      yield policy.allowExternal
        ? note(`${shared} ALLOW_EXTERNAL=true allows it.`)
        : problem(`${shared} The bot won't start. ${SHARED_ADVICE}`);
    }
    const members = [...(await directory.members(channel))];
    const kinds: PersonKind[] = [];
    for (const id of members.slice(0, MAX_PEOPLE)) kinds.push((await directory.person(id)).kind);
    const countOf = (kind: PersonKind): number => kinds.filter((one) => one === kind).length;
    const [guests, external] = [countOf('guest'), countOf('external')];
    if (guests + external === 0) return;
    const sampled = members.length > MAX_PEOPLE ? ` (of the first ${MAX_PEOPLE} checked)` : '';
    yield note(
      `Everyone in ${name} (${channel}) sees its cards. Among them${sampled}: guests ${guests}${may(policy.allowGuests)}, people from other organizations ${external}${may(policy.allowExternal)}.`,
    );
  } catch (error) {
    yield note(`Could not check who can read ${name} (${channel}): ${judge(error).reason}.`);
  }
}

const may = (allowed: boolean): string =>
  allowed ? ' (may work on leads)' : ' (may not work on leads)';
