import { expect, test } from 'vitest';
import { missingScope, slackDirectory } from '../../src/adapters/slack-directory.ts';
import {
  breaks,
  CONNECTION,
  hangs,
  http_,
  ok,
  refuses,
  slackEdge,
  withTimeUp,
} from '../support/slack-api.ts';

const slack = slackEdge();
const directory = (enterpriseId: string | null = null) =>
  slackDirectory({
    ...CONNECTION,
    teamId: 'T0OURS',
    enterpriseId,
  });

const user = (fields: object) => ok({ user: { id: 'U0', team_id: 'T0OURS', ...fields } });

test.each([
  ['member', user({})],
  ['member', user({ is_admin: true, is_app_user: true })],
  ['guest', user({ is_restricted: true })],
  ['guest', user({ is_restricted: true, is_ultra_restricted: true })],
  ['external', user({ team_id: 'T0THEIRS' })],
  ['external', user({ team_id: 'T0THEIRS', is_restricted: true })],
  ['external', user({ is_stranger: true })],
  ['external', user({ team_id: undefined })],
  ['bot', user({ is_bot: true })],
  ['deactivated', user({ deleted: true })],
  ['deactivated', user({ deleted: true, team_id: 'T0THEIRS' })],
  ['external', refuses('user_not_found')],
  ['external', refuses('user_not_visible')],
])('classifies a user as %s', async (kind, answer) => {
  slack.answers('users.info', answer);
  expect((await directory().person('U0')).kind).toBe(kind);
});

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['Mars/Olympus', null],
  ['', null],
  [null, null],
  [7, null],
  [undefined, null],
])('reads the time zone %j of a user as %j', async (tz, timeZone) => {
  slack.answers('users.info', user({ tz }));
  expect(await directory().person('U0')).toEqual({ kind: 'member', team: 'T0OURS', timeZone });
});

test('reads the members of a user group', async () => {
  slack.answers('usergroups.users.list', ok({ users: ['U1', 'U2'] }));
  expect([...(await directory().groupMembers('S0'))]).toEqual(['U1', 'U2']);
  expect(slack.calls).toEqual([{ method: 'usergroups.users.list', args: { usergroup: 'S0' } }]);
});

test.each([
  ['that it may not read', refuses('missing_scope', { needed: 'usergroups:read' })],
  ['that does not exist', refuses('no_such_subteam')],
  ['in an answer without members', ok({})],
])('a user group %s is an error', async (_, answer) => {
  slack.answers('usergroups.users.list', answer);
  await expect(directory().groupMembers('S0')).rejects.toThrow();
});

test('other workspaces of an Enterprise organization are internal', async () => {
  const of = (enterprise_id: string) =>
    user({ team_id: 'T0SISTER', enterprise_user: { enterprise_id } });
  slack.answers('users.info', of('E0OURS'), of('E0THEIRS'), of('E0OURS'));
  expect((await directory('E0OURS').person('U0')).kind).toBe('member');
  expect((await directory('E0OURS').person('U0')).kind).toBe('external');
  expect((await directory(null).person('U0')).kind).toBe('external');
});

test('reads the members of a channel to the last page', async () => {
  slack.answers(
    'conversations.members',
    ok({ members: ['U1', 'U2'], response_metadata: { next_cursor: 'more' } }),
    ok({ members: ['U3'], response_metadata: { next_cursor: '' } }),
  );
  expect([...(await directory().members('C0'))]).toEqual(['U1', 'U2', 'U3']);
  expect(slack.calls.map(({ args }) => args)).toEqual([
    { channel: 'C0', limit: '1000' },
    { channel: 'C0', limit: '1000', cursor: 'more' },
  ]);
});

const channelIds = (...ids: string[]) => ids.map((id) => ({ id, name: 'x' }));

test('finds the requested channels of a user, even on the last page', async () => {
  slack.answers(
    'users.conversations',
    ok({ channels: channelIds('C0', 'C1'), response_metadata: { next_cursor: 'more' } }),
    ok({ channels: channelIds('C2', 'G3') }),
  );
  expect(await directory().channelsOf('U0', ['G3', 'C1', 'C9'])).toEqual(['C1', 'G3']);
  expect(slack.calls.map(({ args }) => args)).toMatchObject([
    { user: 'U0', types: 'public_channel,private_channel' },
    { user: 'U0', cursor: 'more' },
  ]);
});

test("finds the channels of an external user through each channel's members", async () => {
  slack.answers('users.conversations', refuses('user_not_found'));
  slack.answers(
    'conversations.members',
    ok({ members: ['U1'] }),
    refuses('channel_not_found'),
    ok({ members: ['U0'] }),
  );
  expect(await directory().channelsOf('U0', ['C1', 'C2', 'C3'])).toEqual(['C3']);
});

test("a user's channels that can't be read are an error", async () => {
  slack.answers('users.conversations', refuses('internal_error'));
  await expect(directory().channelsOf('U0', ['C1'])).rejects.toThrow();
});

test.each([
  ['U0', user({})],
  ['U0', user({ is_restricted: true })],
  [null, user({ deleted: true })],
  [null, user({ is_bot: true })],
  [null, user({ team_id: 'T0THEIRS' })],
  [null, refuses('users_not_found')],
])('looks up the member %s by address', async (expected, answer) => {
  slack.answers('users.lookupByEmail', answer);
  expect(await directory().memberWith('jo@ours.example')).toEqual({
    user: expected,
    lacks: null,
    refusal: null,
  });
  expect(slack.calls.map(({ args }) => args)).toEqual([{ email: 'jo@ours.example' }]);
});

test('without the scope for addresses finds no one and names the missing scope', async () => {
  slack.answers('users.lookupByEmail', refuses('missing_scope', { needed: 'users:read.email' }));
  expect(await directory().memberWith('jo@ours.example')).toEqual({
    user: null,
    lacks: 'users:read.email',
    refusal: null,
  });
});

test.each(['invalid_email', 'user_not_visible'])(
  'an address refused with %s has no user',
  async (code) => {
    slack.answers('users.lookupByEmail', refuses(code));
    expect(await directory().memberWith('jo@ours.example')).toEqual({
      user: null,
      lacks: null,
      refusal: code,
    });
  },
);

test.each(['internal_error', 'ratelimited', 'token_revoked', 'team_access_not_granted'])(
  'after %s it is open whether an address has a user',
  async (code) => {
    slack.answers('users.lookupByEmail', refuses(code));
    await expect(directory().memberWith('jo@ours.example')).rejects.toThrow(code);
  },
);

test('rejects an endless list of members', async () => {
  slack.answers(
    'conversations.members',
    ok({ members: ['U1'], response_metadata: { next_cursor: 'more' } }),
  );
  await expect(directory().members('C0')).rejects.toThrow('more than 50000 members');
});

test.each([
  ['internal', ok({ channel: { id: 'C0', is_shared: false } })],
  ['internal', ok({ channel: { id: 'C0', is_shared: true, is_org_shared: true } })],
  ['external', ok({ channel: { id: 'C0', is_shared: true, is_ext_shared: true } })],
  ['external', ok({ channel: { id: 'C0', is_pending_ext_shared: true } })],
  ['unseen', refuses('channel_not_found')],
  ['unseen', refuses('missing_scope', { needed: 'im:read' })],
  ['unseen', refuses('missing_scope', { needed: 'mpim:read' })],
])("classifies a channel's audience as %s", async (audience, answer) => {
  slack.answers('conversations.info', answer);
  expect(await directory().audience('C0')).toBe(audience);
});

test.each([
  ['a missing scope', refuses('missing_scope', { needed: 'groups:read' })],
  ['an internal error', refuses('internal_error')],
  ['a rate limit', http_(429, '', { 'retry-after': '30' })],
  ['a 503', http_(503)],
  ['an answer without what was asked for', ok({})],
  ['a broken connection', breaks],
])('%s answers no question', async (_, answer) => {
  const methods = ['users.info', 'conversations.members', 'conversations.info'];
  for (const method of methods) slack.answers(method, answer);
  const { person, members, audience } = directory();
  await expect(person('U0')).rejects.toThrow();
  await expect(members('C0')).rejects.toThrow();
  await expect(audience('C0')).rejects.toThrow();
  expect(slack.calls).toHaveLength(3);
});

test('backs off for Retry-After, or five seconds after any other failure', async () => {
  slack.answers('users.info', http_(429, '', { 'retry-after': '30' }), refuses('internal_error'));
  const { person, backOffMs } = directory();
  const waits: number[] = [];
  for (let n = 0; n < 2; n++) await person('U0').catch((error) => waits.push(backOffMs(error)));
  expect(waits).toEqual([30_000, 5_000]);
});

test('reports the missing scope', async () => {
  slack.answers('users.info', refuses('missing_scope', { needed: 'users:read' }), breaks);
  const { person } = directory();
  expect(await person('U0').catch(missingScope)).toBe('users:read');
  expect(await person('U0').catch(missingScope)).toBeNull();
});

test('times out after five seconds', async () => {
  slack.answers('users.info', hangs);
  expect(
    await withTimeUp(() =>
      directory()
        .person('U0')
        .catch(() => {}),
    ),
  ).toEqual([5_000]);
});
