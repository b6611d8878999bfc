import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { Mutable } from '../../src/core/steps.ts';
import { bodyOf, stage, USER } from './stage.ts';

/** Settings of one user, and what is shown to them. */
function settingsStage(off: readonly Mutable[] = [], managers: readonly string[] = []) {
  const muted = new Set(off);
  const calls: unknown[][] = [];
  const { send, shown, urls, order, log } = stage(null, undefined, undefined, {
    managers,
    settings: {
      muted: async (user) => {
        expect(user).toBe(USER);
        return muted;
      },
      mute: async (...call) => {
        calls.push(call);
        const [, kind, isMuted] = call;
        if (isMuted) muted.add(kind);
        else muted.delete(kind);
      },
    },
    alerts: { lookup: async () => ({ kind: 'none' }) },
  });
  return { send, shown, urls, order, calls, log };
}

const press = (id: string, value: string, isEphemeral: boolean) => ({
  ...bodyOf({ kind: 'action', id }),
  container: { type: 'message', channel_id: 'D0', message_ts: '1.1', is_ephemeral: isEphemeral },
  actions: [{ action_id: id, block_id: 'b', selected_option: { value }, value }],
});
const settings = { ...bodyOf({ kind: 'command', id: '/lead' }), text: 'settings' };

test('the menu of a direct message turns its kind off, and says how to turn it on again', async () => {
  const { send, shown, calls, log } = settingsStage();
  await send(press(ids.muteMenu, 'morning', false));
  expect(calls).toEqual([[USER, 'morning', true]]);
  expect(shown).toEqual([expect.stringMatching(/Turned off: Morning list\. .*`\/lead settings`/)]);
  expect(log.lines).toContainEqual(
    expect.objectContaining({ event: 'setting', user: USER, kind: 'morning', action: 'off' }),
  );
});

test('lists each kind with its state and a button', async () => {
  const { send, shown } = settingsStage(['offer']);
  await send(settings);
  expect(shown.join()).toMatch(/🔕 \*First call\* · off.*"value":"offer:on"/);
  expect(shown.join()).toMatch(/🔔 \*Morning list\* · on.*"value":"morning:off"/);
  expect(shown.join()).toContain('It can’t be turned off.');
});

test.each([
  [[], false],
  [[USER], true],
])('lists what only managers get for the managers %j', async (managers, isThere) => {
  const { send, shown } = settingsStage([], managers);
  await send(settings);
  expect(shown.join().includes('escalation:off')).toBe(isThere);
});

test('does not list what no deadline brings', async () => {
  const { send, shown } = settingsStage([], [USER]);
  await send(settings);
  expect(shown.join()).toContain('reminder:off');
  expect(shown.join()).not.toContain('follow-up:off');
});

test('a button changes the setting, and shows the new state in its place', async () => {
  const { send, shown, calls, urls } = settingsStage(['offer']);
  await send(press(ids.setting, 'offer:on', true));
  expect(calls).toEqual([[USER, 'offer', false]]);
  expect(urls).toEqual(['https://hooks.slack.com/x']);
  expect(shown.join()).toMatch(/🔔 \*First call\* · on/);
});
