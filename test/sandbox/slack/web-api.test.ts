import { expect, test } from 'vitest';
import { clientOf, HOT, refusal, slackForTest } from './harness.ts';

test('auth.test identifies the bot', async () => {
  const slack = await slackForTest();
  const me = await clientOf(slack).auth.test();
  expect(me).toMatchObject({ team_id: 'T0LOCAL', user_id: 'U0BOT', bot_id: 'B0BOT' });
  expect(me.response_metadata?.scopes).toContain('chat:write');
});

test.each([
  ['invalid_auth', () => 'xoxb-wrong'],
  ['not_authed', () => undefined],
  ['not_allowed_token_type', (app: string) => app],
])('returns %s for an unsuitable token', async (error, token) => {
  const slack = await slackForTest();
  const headers = { authorization: `Bearer ${token(slack.appToken)}` };
  const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    ...(token(slack.appToken) !== undefined && { headers }),
    body: new URLSearchParams({ channel: HOT, text: 'x' }),
  });
  expect(await response.json()).toMatchObject({ ok: false, error });
});

test('refuses to open a socket with a bot token', async () => {
  const slack = await slackForTest();
  const call = clientOf(slack).apps.connections.open();
  expect((await refusal(call)).error).toBe('not_allowed_token_type');
});

test('names the missing scope and the granted ones', async () => {
  const slack = await slackForTest({ scopes: ['commands'] });
  const { data } = await refusal(clientOf(slack).chat.postMessage({ channel: HOT, text: 'x' }));
  expect(data).toMatchObject({
    error: 'missing_scope',
    needed: 'chat:write',
    provided: 'commands',
  });
});

test('history requires the scope for the kind of channel', async () => {
  const slack = await slackForTest({ scopes: ['chat:write', 'channels:history'] });
  const client = clientOf(slack);
  await client.chat.postMessage({ channel: 'U0BEN', text: 'x' });
  const { data } = await refusal(client.conversations.history({ channel: 'D0BEN' }));
  expect(data).toMatchObject({ error: 'missing_scope', needed: 'im:history' });
});

test('refuses an unknown method', async () => {
  const slack = await slackForTest();
  const call = clientOf(slack).apiCall('chat.shout', { text: 'x' });
  expect((await refusal(call)).error).toBe('unknown_method');
});

test('accepts JSON bodies and a token in the arguments', async () => {
  const slack = await slackForTest();
  const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ token: slack.botToken, channel: HOT, text: 'by JSON' }),
  });
  expect(await response.json()).toMatchObject({ ok: true });
  expect(slack.messages(HOT)[0]?.text).toBe('by JSON');
});

test('users.info has zone and title, and email only with its scope', async () => {
  const slack = await slackForTest({ scopes: ['users:read'] });
  const { user } = await clientOf(slack).users.info({ user: 'U0ALICE' });
  expect(user).toMatchObject({
    real_name: 'Alice Moreno',
    tz: 'America/New_York',
    is_restricted: false,
    deleted: false,
    is_bot: false,
  });
  expect(user?.profile?.email).toBeUndefined();
  const byMail = clientOf(slack).users.lookupByEmail({ email: 'alice@local.example' });
  expect((await refusal(byMail)).data).toMatchObject({ needed: 'users:read.email' });
  const open = await slackForTest({ scopes: ['users:read', 'users:read.email'] });
  const found = await clientOf(open).users.lookupByEmail({ email: 'Alice@local.example' });
  expect(found.user?.id).toBe('U0ALICE');
  const miss = clientOf(open).users.lookupByEmail({ email: 'nobody@local.example' });
  expect((await refusal(miss)).error).toBe('users_not_found');
});

test('usergroups.users.list lists the users of a group', async () => {
  const scopes = ['usergroups:read'];
  const userGroups = [{ id: 'S0SALES', users: ['U0ALICE', 'U0BEN'] }];
  const { usergroups } = clientOf(await slackForTest({ scopes, userGroups }));
  const { users } = await usergroups.users.list({ usergroup: 'S0SALES' });
  expect(users).toEqual(['U0ALICE', 'U0BEN']);
  const unknown = usergroups.users.list({ usergroup: 'S0NOBODY' });
  expect((await refusal(unknown)).error).toBe('no_such_subteam');
});

test('usergroups.users.list requires its scope', async () => {
  const client = clientOf(await slackForTest({ scopes: ['users:read'] }));
  const { data } = await refusal(client.usergroups.users.list({ usergroup: 'S0SALES' }));
  expect(data).toMatchObject({ error: 'missing_scope', needed: 'usergroups:read' });
});

test('logs calls with parsed arguments and without the token', async () => {
  const slack = await slackForTest();
  const blocks = [{ type: 'divider' as const }];
  await clientOf(slack).chat.postMessage({ channel: HOT, text: 'x', blocks });
  const [call] = slack.calls('chat.postMessage');
  expect(call).toMatchObject({ args: { channel: HOT, blocks }, answer: { ok: true } });
  expect(JSON.stringify(slack.calls())).not.toContain(slack.botToken);
});
