import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { DenialReason } from '../../src/core/access.ts';
import type { Alert, GestureResult } from '../../src/core/alert.ts';
import type { Alerts } from '../../src/core/ports.ts';
import { NOW, picture, STATES } from '../blocks/samples.ts';
import { ALERT, bodyOf, stage, UNDO, USER } from './stage.ts';

const { offer } = STATES.offered;
const OFFERED: GestureResult = {
  ok: false,
  refusal: { why: 'offered', offer, picture: picture(STATES.offered) },
};
const done = (kind: string | null, changes: Partial<Alert> = {}): GestureResult => ({
  ok: true,
  picture: picture({
    ...changes,
    undo: kind === null ? null : { id: UNDO, kind, actor: USER, at: NOW },
  }),
});

/** Gestures record their arguments and give these results in turn. */
function recording(...results: GestureResult[]) {
  const calls: unknown[][] = [];
  const gesture =
    (name: string) =>
    async (...args: unknown[]): Promise<GestureResult> => {
      calls.push([name, ...args]);
      return results.shift() ?? OFFERED;
    };
  const alerts: Partial<Alerts> = {
    claim: gesture('claim'),
    pass: gesture('pass'),
    keep: gesture('keep'),
    giveBack: gesture('giveBack'),
    find: async () => picture(STATES.handedOver),
  };
  return { calls, alerts };
}

/** On a message of the bot, not a private answer, which would be redrawn. */
const press = (id: string) => ({
  ...bodyOf({ kind: 'action', id }),
  container: { type: 'message', channel_id: 'D0', message_ts: '1.1' },
});

test('a claim asks nobody who manages leads', async () => {
  const { calls, alerts } = recording(done('claimed'));
  const { send } = stage(null, undefined, undefined, { alerts, managers: [USER] });
  await send(press(ids.claim));
  expect(calls).toEqual([['claim', ALERT, USER]]);
});

test('a manager claims a lead on which someone else has first call', async () => {
  const { calls, alerts } = recording(OFFERED, done('claimed'));
  const { send, shown, log } = stage(null, undefined, undefined, { alerts, managers: [USER] });
  await send(press(ids.claim));
  expect(calls).toEqual([
    ['claim', ALERT, USER],
    ['claim', ALERT, USER, { isManager: true }],
  ]);
  expect(shown.join()).toContain('You claimed VelocityPay.');
  expect(log.lines.filter(({ event }) => event === 'gesture')).toMatchObject([
    { action: 'claim', outcome: 'done' },
  ]);
});

test('anyone else is told who has first call, until when, and what to do', async () => {
  const { calls, alerts } = recording(OFFERED);
  const { send, shown, log } = stage(null, undefined, undefined, { alerts });
  await send(press(ids.claim));
  expect(calls).toHaveLength(1);
  expect(shown.join()).toMatch(/<@U0MARIA> has first call on VelocityPay .* ask them to pass\./);
  expect(log.lines).toContainEqual(
    expect.objectContaining({ event: 'gesture', action: 'claim', outcome: 'offered' }),
  );
});

test.each([
  [ids.pass, 'passed', STATES.passed, 'You passed on VelocityPay.'],
  [ids.giveBack, 'given-back', STATES.claimed, 'You gave VelocityPay back to <@U0MARIA>.'],
])('%s is confirmed with a way back', async (id, kind, changes, said) => {
  const { alerts } = recording(done(kind, changes));
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  await send(press(id));
  expect(shown).toHaveLength(1);
  expect(shown[0]).toContain(said);
  expect(shown[0]).toContain(`"value":"${picture().alert.id}:${UNDO}"`);
});

test('keeping a lead after a warning says how much time that gives, with a way back', async () => {
  const { alerts } = recording(done('kept', STATES.claimed));
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  await send(press(ids.keep));
  expect(shown).toEqual([
    expect.stringMatching(/VelocityPay stays yours\. You have another 8 working hours.*Undo/),
  ]);
});

test('accepting a lead says nothing more: its direct message shows it', async () => {
  const { calls, alerts } = recording(done(null, STATES.claimed));
  const { send, shown } = stage(null, undefined, undefined, { alerts });
  await send(press(ids.keep));
  expect(calls).toEqual([['keep', ALERT, USER]]);
  expect(shown).toEqual([]);
});

test.each<[string, DenialReason | null, object]>([
  ['is there', null, {}],
  ['has gone', 'deactivated', { goneOwner: 'U0JONAS' }],
  ['could not be checked', 'unchecked', {}],
])('a lead is given back to whoever had it before, who %s', async (_, why, rights) => {
  const { calls, alerts } = recording(done('given-back'));
  const accessCheck = {
    decide: async (user: string) =>
      user === USER || why === null ? ({ reach: 'everything' } as const) : { why },
  };
  const { send } = stage(null, undefined, undefined, { alerts, accessCheck });
  await send(press(ids.giveBack));
  expect(calls).toEqual([['giveBack', ALERT, USER, rights]]);
});
