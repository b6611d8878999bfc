import { WebAPIPlatformError } from '@slack/web-api';
import { z } from 'zod';
import type { ChannelLook, Person, PersonKind } from '../core/access.ts';
import { isTimeZone } from '../core/local-date.ts';
import type { Directory } from '../core/ports.ts';
import { type SlackAccess, slackClient } from './slack-client.ts';
import { judge, permanentRefusal } from './slack-verdict.ts';

const CALL_TIMEOUT_MS = 5_000;
/** Slack's maximum. */
const PAGE = 1_000;
const MAX_PAGES = 50;
/** Slack's maximum for users.conversations. */
const CHANNELS_PAGE = 999;
const MAX_CHANNEL_PAGES = 20;
/** Backoff after a failure. A rate limit may ask for more. */
const MIN_BACK_OFF_MS = 5_000;

/** https://docs.slack.dev/reference/objects/user-object */
const userAnswer = z.object({
  user: z.object({
    team_id: z.string().optional(),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    // Only set for users who share no channel with the bot. In shared channels, team_id differs instead.
    is_stranger: z.boolean().default(false),
    enterprise_user: z.object({ enterprise_id: z.string().optional() }).optional(),
    tz: z.string().max(100).refine(isTimeZone).nullish().catch(null),
  }),
});

/** Answer of `users.lookupByEmail`. */
const userFound = z.object({ user: userAnswer.shape.user.extend({ id: z.string() }) });

const memberPage = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});

/** https://docs.slack.dev/reference/methods/usergroups.users.list */
const group = z.object({ users: z.array(z.string()) });

const channelPage = z.object({
  channels: z.array(z.object({ id: z.string() })),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});

/** https://docs.slack.dev/reference/objects/conversation-object; `is_org_shared` stays within the organization. */
const conversation = z.object({
  channel: z.object({
    is_ext_shared: z.boolean().default(false),
    is_pending_ext_shared: z.boolean().default(false),
    is_archived: z.boolean().default(false),
    // Set for channels, not for direct messages.
    is_member: z.boolean().default(true),
  }),
});

/** Slack's codes for users the workspace can't see. */
const INVISIBLE_USER = new Set(['user_not_found', 'user_not_visible']);

export interface DirectorySettings extends SlackAccess {
  teamId: string;
  /** Null outside an Enterprise organization. */
  enterpriseId: string | null;
}

/** No retries, no caching. */
export function slackDirectory(settings: DirectorySettings): Directory {
  const { teamId, enterpriseId } = settings;
  const client = slackClient(settings, CALL_TIMEOUT_MS);

  function kindOf(user: z.output<typeof userAnswer>['user']): PersonKind {
    const ours =
      user.team_id === teamId ||
      (enterpriseId !== null && user.enterprise_user?.enterprise_id === enterpriseId);
    if (user.deleted) return 'deactivated';
    if (user.is_bot) return 'bot';
    if (!ours || user.is_stranger) return 'external';
    return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
  }

  async function look(channel: string): Promise<ChannelLook> {
    try {
      const answer = conversation.parse(await client.conversations.info({ channel }));
      const { is_ext_shared, is_pending_ext_shared, is_archived, is_member } = answer.channel;
      return {
        audience: is_ext_shared || is_pending_ext_shared ? 'external' : 'internal',
        obstacle: is_archived ? 'is_archived' : is_member ? null : 'not_in_channel',
      };
    } catch (error) {
      const refused = refusalOf(error);
      if (refused?.code === 'channel_not_found') {
        return { audience: 'unseen', obstacle: 'channel_not_found' };
      }
      // Direct messages: the bot has no scope for them.
      if (refused?.code === 'missing_scope' && /^m?p?im:/.test(refused.needed)) {
        return { audience: 'unseen', obstacle: null };
      }
      throw error;
    }
  }

  async function members(channel: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    let cursor: string | undefined;
    for (let n = 0; n < MAX_PAGES; n++) {
      const page = memberPage.parse(
        await client.conversations.members({
          channel,
          limit: PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        }),
      );
      for (const id of page.members) found.add(id);
      cursor = page.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') return found;
    }
    throw new Error(`more than ${PAGE * MAX_PAGES} members in ${channel}`);
  }

  /** One call per user, however many channels. Lists only private channels that the bot is in. */
  async function channelsListed(user: string, among: readonly string[]): Promise<string[]> {
    const asked = new Set(among);
    const found: string[] = [];
    let cursor: string | undefined;
    for (let n = 0; n < MAX_CHANNEL_PAGES; n++) {
      const page = channelPage.parse(
        await client.users.conversations({
          user,
          types: 'public_channel,private_channel',
          exclude_archived: false,
          limit: CHANNELS_PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        }),
      );
      found.push(...page.channels.map(({ id }) => id).filter((id) => asked.has(id)));
      cursor = page.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') return found;
    }
    throw new Error(`${user} is in more than ${CHANNELS_PAGE * MAX_CHANNEL_PAGES} channels`);
  }

  return {
    async memberWith(email) {
      try {
        const { user } = userFound.parse(await client.users.lookupByEmail({ email }));
        const isOurs = ['member', 'guest'].includes(kindOf(user));
        return { user: isOurs ? user.id : null, lacks: null, refusal: null };
      } catch (error) {
        const refused = refusalOf(error);
        const none = { user: null, lacks: null, refusal: null };
        if (refused?.code === 'users_not_found') return none;
        if (refused?.code === 'missing_scope') return { ...none, lacks: refused.needed };
        const verdict = judge(error);
        const ofToken = verdict.kind === 'pause' && verdict.everything;
        const refusal = ofToken ? null : permanentRefusal(error);
        if (refusal !== null) return { ...none, refusal };
        throw error;
      }
    },

    async person(id): Promise<Person> {
      try {
        const { user } = userAnswer.parse(await client.users.info({ user: id }));
        return { kind: kindOf(user), team: user.team_id ?? null, timeZone: user.tz ?? null };
      } catch (error) {
        if (INVISIBLE_USER.has(refusalOf(error)?.code ?? ''))
          return { kind: 'external', team: null, timeZone: null };
        throw error;
      }
    },

    members,

    async groupMembers(usergroup) {
      const answer = group.parse(await client.usergroups.users.list({ usergroup }));
      return new Set(answer.users);
    },

    async channelsOf(user, among) {
      try {
        return await channelsListed(user, among);
      } catch (error) {
        if (!INVISIBLE_USER.has(refusalOf(error)?.code ?? '')) throw error;
        // Slack lists no channels for users of other organizations, but counts them as members of shared ones.
        const within: string[] = [];
        for (const channel of among) {
          if ((await members(channel).catch(emptyIfNotFound)).has(user)) within.push(channel);
        }
        return within;
      }
    },

    look,
    audience: async (channel) => (await look(channel)).audience,

    backOffMs(error) {
      const verdict = judge(error);
      return verdict.kind === 'later' && !verdict.counts
        ? Math.max(MIN_BACK_OFF_MS, verdict.afterMs)
        : MIN_BACK_OFF_MS;
    },
    isRefusal: (error) => permanentRefusal(error) !== null,
  };
}

function refusalOf(error: unknown): { code: string; needed: string } | null {
  if (!(error instanceof WebAPIPlatformError)) return null;
  const { data } = error;
  const needed = 'needed' in data && typeof data.needed === 'string' ? data.needed : '';
  return { code: data.error, needed };
}

/** Leads may name channels that the bot can't see. */
function emptyIfNotFound(error: unknown): ReadonlySet<string> {
  if (refusalOf(error)?.code === 'channel_not_found') return new Set();
  throw error;
}

/** The missing scope that made Slack refuse a call; null for other failures. */
export function missingScope(error: unknown): string | null {
  const refused = refusalOf(error);
  return refused?.code === 'missing_scope' ? refused.needed : null;
}
