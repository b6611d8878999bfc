import { z } from 'zod';
import { refuse } from './api-response.ts';
import type { JsonObject } from './json.ts';
import { count, flag } from './web-api-arguments.ts';
import { type Method, method, missingScope } from './web-api-method.ts';
import { findPerson, isMember, type Member, type Workspace } from './workspace.ts';

/** Slack's `tz_offset`: seconds east of UTC at `now`, including daylight saving time. */
function offsetOf(tz: string, now: number): number {
  const minute = 60_000;
  const at = new Date(Math.floor(now / minute) * minute);
  const local = at.toLocaleString('sv-SE', { timeZone: tz });
  return (Date.parse(`${local.replace(' ', 'T')}Z`) - at.getTime()) / 1000;
}

function wireUser(workspace: Workspace, member: Member): JsonObject {
  const names = { real_name: member.realName, display_name: member.name };
  return {
    id: member.id,
    team_id: member.teamId,
    name: member.name,
    deleted: member.deleted,
    real_name: member.realName,
    ...(member.tz !== null && {
      tz: member.tz,
      tz_label: member.tz,
      tz_offset: offsetOf(member.tz, workspace.now()),
    }),
    profile: {
      ...names,
      real_name_normalized: member.realName,
      display_name_normalized: member.name,
      title: member.title,
      team: member.teamId,
      ...(workspace.scopes.has('users:read.email') && { email: member.email }),
    },
    is_admin: false,
    is_owner: false,
    is_restricted: member.guest !== null,
    is_ultra_restricted: member.guest === 'single',
    is_stranger: member.teamId !== workspace.team.id && !isMet(workspace, member),
    is_bot: member.isBot,
    is_app_user: false,
  };
}

/** Whether the bot shares a channel with this user from another organization. */
function isMet(workspace: Workspace, member: Member): boolean {
  return [...workspace.channels.values()].some(
    (channel) => channel.botIn && isMember(workspace, channel, member.id),
  );
}

function wireBot(workspace: Workspace): JsonObject {
  const { bot, team } = workspace;
  return {
    id: bot.userId,
    team_id: team.id,
    name: bot.name,
    deleted: false,
    real_name: bot.name,
    profile: { bot_id: bot.botId, api_app_id: bot.appId, real_name: bot.name, team: team.id },
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: true,
    is_app_user: false,
  };
}

export const usersMethods: Readonly<Record<string, Method>> = {
  'auth.test': method([], z.strictObject({}), (_args, { team, bot }) => ({
    ok: true,
    url: `https://${team.domain}.slack.com/`,
    team: team.name,
    user: bot.name,
    team_id: team.id,
    user_id: bot.userId,
    bot_id: bot.botId,
    app_id: bot.appId,
    is_enterprise_install: false,
  })),

  'users.info': method(
    ['users:read'],
    z.strictObject({ user: z.string(), include_locale: flag.optional() }),
    (args, workspace) => {
      if (args.user === workspace.bot.userId) return { ok: true, user: wireBot(workspace) };
      const found = findPerson(workspace, args.user);
      return found ? { ok: true, user: wireUser(workspace, found) } : refuse('user_not_found');
    },
  ),

  'users.lookupByEmail': method(
    ['users:read.email'],
    z.strictObject({ email: z.string() }),
    (args, workspace) => {
      const email = args.email.toLowerCase();
      const found = workspace.people.find(
        (one) => one.email.toLowerCase() === email && one.teamId === workspace.team.id,
      );
      return found && !found.deleted
        ? { ok: true, user: wireUser(workspace, found) }
        : refuse('users_not_found');
    },
  ),

  'users.conversations': method(
    ['channels:read'],
    z.strictObject({
      user: z.string(),
      types: z.string().optional(),
      exclude_archived: flag.optional(),
      limit: count.optional(),
      cursor: z.string().optional(),
    }),
    (args, workspace) => {
      const types = (args.types ?? 'public_channel').split(',');
      const isPrivate = types.includes('private_channel');
      const groups = isPrivate ? missingScope(workspace, ['groups:read']) : null;
      if (groups !== null) return groups;
      // Slack doesn't list channels for users of other organizations.
      if (findPerson(workspace, args.user)?.teamId !== workspace.team.id) {
        return refuse('user_not_found');
      }
      const channels = [...workspace.channels.values()].filter(
        (channel) =>
          isMember(workspace, channel, args.user) &&
          (channel.kind === 'public'
            ? types.includes('public_channel')
            : channel.kind === 'private' && isPrivate && channel.botIn),
      );
      return {
        ok: true,
        channels: channels.map(({ id, name, kind }) => ({
          id,
          name,
          is_private: kind === 'private',
        })),
        response_metadata: { next_cursor: '' },
      };
    },
  ),

  'usergroups.users.list': method(
    ['usergroups:read'],
    z.strictObject({ usergroup: z.string(), include_disabled: flag.optional() }),
    ({ usergroup }, { userGroups }) => {
      const group = userGroups.find(({ id }) => id === usergroup);
      return group ? { ok: true, users: [...group.users] } : refuse('no_such_subteam');
    },
  ),

  'users.list': method(
    ['users:read'],
    z.strictObject({
      limit: count.optional(),
      cursor: z.string().optional(),
      include_locale: flag.optional(),
    }),
    (_args, workspace) => ({
      ok: true,
      members: [
        wireBot(workspace),
        ...workspace.people.map((member) => wireUser(workspace, member)),
      ],
      cache_ts: Math.floor(workspace.now() / 1000),
      response_metadata: { next_cursor: '' },
    }),
  ),
};
