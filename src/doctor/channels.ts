import type { WebClient } from '@slack/web-api';
import { judge } from '../adapters/slack-verdict.ts';
import { type AccessPolicy, type PersonKind, SHARED_ADVICE } from '../core/access.ts';
import type { Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { type Finding, note, ok, problem } from './finding.ts';

/** Slack takes about a hundred such questions a minute. */
const MAX_PEOPLE = 80;

/** What can be asked of one channel, and what the settings allow in it. */
export interface ChannelCheck {
  bot: WebClient;
  directory: Directory;
  policy: AccessPolicy;
  /** Posts a test message, too. */
  post: boolean;
}

const TEST_MESSAGE =
  'This is a test of Lead Alerts: the bot can post here. Nothing needs to be done; this message can be deleted.';

/** `name` is the setting that names the channel. */
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
    return ok(
      `A test message was posted in ${name} (${channel}). Delete it when you have seen it.`,
    );
  } catch (error) {
    return problem(
      `No test message could be posted in ${name} (${channel}): ${judge(error).reason}.`,
    );
  }
}

/** Reading is what the bot needs when the outcome of a post is unclear, and only members may. */
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
          `The bot sees no channel ${channel} (${name}). Check the id; if the channel is private, invite the bot there.`,
        );
      case 'missing_scope':
        return problem(
          `The bot may not read the history of ${name} (${channel}): it needs channels:history, in a private channel groups:history.`,
        );
      default:
        return problem(
          [`${name} (${channel}) can not be read (${reason}).`, adviceOnSlack(reason)]
            .filter((part) => part !== null)
            .join(' '),
        );
    }
  }
}

/** Whoever is in the channel sees every card, whether they may do anything or not. */
async function* checkReaders(
  { directory, policy }: ChannelCheck,
  name: string,
  channel: string,
): AsyncGenerator<Finding, void, undefined> {
  try {
    if ((await directory.audience(channel)) === 'external') {
      const shared = `${name} (${channel}) is shared with other organizations, who see every lead that is shown there.`;
      yield policy.allowExternal
        ? note(`${shared} ALLOW_EXTERNAL=true allows it.`)
        : problem(`${shared} The bot does not start. ${SHARED_ADVICE}`);
    }
    const members = [...(await directory.members(channel))];
    const kinds: PersonKind[] = [];
    for (const id of members.slice(0, MAX_PEOPLE)) kinds.push((await directory.person(id)).kind);
    const number = (kind: PersonKind): number => kinds.filter((one) => one === kind).length;
    const [guests, external] = [number('guest'), number('external')];
    if (guests + external === 0) return;
    const looked = members.length > MAX_PEOPLE ? ` (of the first ${MAX_PEOPLE} looked at)` : '';
    yield note(
      `Everybody in ${name} (${channel}) sees its cards, among them${looked}: guests ${guests}${may(policy.allowGuests)}, people of other organizations ${external}${may(policy.allowExternal)}.`,
    );
  } catch (error) {
    yield note(
      `It can not be told who reads along in ${name} (${channel}): ${judge(error).reason}.`,
    );
  }
}

const may = (allowed: boolean): string =>
  allowed ? ' (may work on leads)' : ' (may not work on leads)';
