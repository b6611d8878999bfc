import { App, type Receiver } from '@slack/bolt';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { noEntry } from '../../blocks/no-entry.ts';
import { buildApp } from '../../src/app.ts';
import type { Barrier, RefusedGesture } from '../../src/core/access.ts';
import type { Alerts, Surface } from '../../src/core/ports.ts';
import { remember } from '../../src/listeners/modal-memory.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { createUnderWay } from '../../src/under-way.ts';
import { memoryLog } from '../support/memory-log.ts';

const ALERT = '0b5f2c1e-7f5d-4c0e-9a51-2f6a3f0f9a10';
const USER = 'U0SOMEBODY';

/** The whole app with its listeners, between ports that only keep what is asked of them. */
function stage(barrier: Barrier | null, audit?: () => Promise<void>) {
  const order: string[] = [];
  const refused: RefusedGesture[] = [];
  const shown: string[] = [];
  const asked = (what: string) => (): Promise<never> => {
    order.push(what);
    return Promise.reject(new Error('no database'));
  };
  const alerts: Alerts = {
    claim: asked('claim'),
    release: asked('release'),
    contact: asked('contact'),
    find: asked('find'),
    lookup: asked('lookup'),
    openOnes: asked('openOnes'),
    inRollup: asked('inRollup'),
    hot: asked('hot'),
    mine: asked('mine'),
    previewDigest: asked('previewDigest'),
  };
  const show = (what: unknown) => {
    order.push('show');
    shown.push(JSON.stringify(what));
  };
  const surface: Surface = {
    openModal: async (_trigger, view) => {
      show(view);
      return 'V0NEW';
    },
    updateModal: async (_id, view) => show(view),
    replaceAnswer: async (_url, drawing) => show(drawing),
    tell: async (_user, _channel, drawing) => show(drawing),
  };
  const log = memoryLog();
  const receiver: Receiver = { init() {}, start: async () => {}, stop: async () => {} };
  const app = buildApp({
    receiver,
    botToken: 'xoxb-test',
    botId: 'B0BOT',
    botUserId: 'U0BOT',
    apiUrl: undefined,
    sdkLog: sdkLog(log),
    underWay: createUnderWay(),
    alerts,
    surface,
    publicity: { barrier: async () => null },
    admission: {
      barrier: async () => {
        order.push('checked');
        return barrier;
      },
    },
    audit: {
      refused: async (gesture) => {
        refused.push(gesture);
        await audit?.();
      },
    },
    log,
    digestChannel: 'C0DIGEST',
    timeZone: 'UTC',
    wake: () => {},
    now: () => new Date('2026-03-02T12:00:00Z'),
  });
  const send = (body: Record<string, unknown>) =>
    app.processEvent({
      body,
      ack: async (response) => {
        order.push('ack');
        if (response !== undefined) shown.push(JSON.stringify(response));
      },
    });
  return { send, order, refused, shown, log };
}

const who = { id: USER, name: 'x', username: 'x', team_id: 'T0OTHER' };

function bodyOf({ kind, id }: { kind: string; id: string }): Record<string, unknown> {
  const view = {
    id: 'V0',
    type: 'modal',
    callback_id: id,
    blocks: [{ type: 'section' }, { type: 'input', block_id: ids.contactMethod }],
    private_metadata: remember({ alertId: ALERT, answer: null, below: null }),
    state: {
      values: {
        [ids.contactMethod]: {
          [ids.contactMethod]: { type: 'static_select', selected_option: { value: 'email' } },
        },
      },
    },
  };
  if (kind === 'command') {
    return {
      command: id,
      text: 'acme.example',
      user_id: USER,
      team_id: 'T0OTHER',
      channel_id: 'C0',
    };
  }
  if (kind === 'view') return { type: 'view_submission', user: who, team: null, view };
  const value = LISTS.has(id) ? 'hot:0' : id === ids.more ? `${ids.claim}:${ALERT}` : ALERT;
  return {
    type: 'block_actions',
    user: who,
    team: { id: 'T0' },
    trigger_id: 'trigger',
    container: { type: 'message', channel_id: 'C0', message_ts: '1.1' },
    channel: { id: 'C0' },
    actions: [{ type: 'button', block_id: 'b', action_id: id, value }],
  };
}

/** Their value names a page of a list. */
const LISTS = new Set<string>([ids.shareList, ids.nextPage, ids.previousPage]);

/** What the bot asks Bolt for, as it does so. */
function registrations(): { kind: string; id: string }[] {
  const kinds = ['action', 'view', 'command'] as const;
  const spies = kinds.map((kind) => vi.spyOn(App.prototype, kind));
  stage(null);
  return spies.flatMap((spy, n) => {
    const registered = spy.mock.calls.map(([id]) => ({ kind: kinds[n] ?? '', id: String(id) }));
    spy.mockRestore();
    return registered;
  });
}

const REGISTERED = registrations();

test('every button, menu, modal and command of the bot is among those that are tried below', () => {
  const { claim, release, contact, details, open, more, share, pick, crm } = ids;
  const actions = [claim, release, contact, details, open, more, share, pick, crm, ...LISTS];
  expect(REGISTERED.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(
    [...actions.map((id) => `action ${id}`), `view ${ids.contactModal}`, 'command /lead'].sort(),
  );
});

// Slack opens a link by itself: the bot has nothing to do for it.
const WITH_WORK = REGISTERED.filter(({ id }) => id !== ids.crm);

test.each(WITH_WORK)('$kind $id does its work for whoever may', async (one) => {
  const { send, order, refused } = stage(null);
  await send(bodyOf(one)).catch(() => {});
  const work = order.filter((step) => !['ack', 'checked', 'show'].includes(step));
  expect(work).toHaveLength(1);
  expect(order.indexOf('checked')).toBeLessThan(order.indexOf(work[0] ?? ''));
  expect(refused).toEqual([]);
});

test.each(REGISTERED)(
  '$kind $id reads and does nothing for whoever may not, says so, and it is written down',
  async (one) => {
    const { send, order, refused, shown } = stage('guest');
    await send(bodyOf(one));
    expect(order.filter((step) => !['ack', 'checked', 'show'].includes(step))).toEqual([]);
    expect(shown).toEqual([expect.stringContaining('Guests of this workspace')]);
    expect(shown[0]).not.toContain(ALERT);
    expect(refused).toEqual([
      {
        user: USER,
        team: 'T0OTHER',
        channel: one.kind === 'view' ? null : 'C0',
        action: one.id,
        why: 'guest',
        alertId: one.kind === 'command' || LISTS.has(one.id) ? null : ALERT,
      },
    ]);
  },
);

test.each(REGISTERED.filter(({ kind }) => kind !== 'view'))(
  '$kind $id is acknowledged before anybody is asked about the person, and only once',
  async (one) => {
    const { send, order } = stage(null);
    await send(bodyOf(one)).catch(() => {});
    expect(order.slice(0, 2)).toEqual(['ack', 'checked']);
    expect(order.filter((step) => step === 'ack')).toHaveLength(1);
  },
);

test('a form that could not be checked stays as it is, with a word beside it', async () => {
  const { send, order, shown, refused } = stage('unchecked');
  await send(bodyOf({ kind: 'view', id: ids.contactModal }));
  expect(order).toEqual(['checked', 'ack']);
  expect(shown).toEqual([
    JSON.stringify({
      response_action: 'errors',
      errors: { [ids.contactMethod]: noEntry('unchecked').text },
    }),
  ]);
  expect(refused).toMatchObject([{ why: 'unchecked', alertId: ALERT }]);
});

test.each([
  ['a message shortcut', { type: 'message_action', callback_id: 'x', user: who, channel: {} }],
  ['an event', { type: 'event_callback', event: { type: 'app_mention', user: USER } }],
  ['a request for options', { type: 'block_suggestion', action_id: ids.claim, user: who }],
  ['a press by nobody', { ...bodyOf({ kind: 'action', id: ids.claim }), user: {} }],
])('%s goes no further than the guard', async (_, body) => {
  const { send, order, shown } = stage(null);
  await send(body);
  expect(order.filter((step) => step !== 'ack')).toEqual([]);
  expect(shown).toEqual([]);
});

test('when a refusal can not be written down it stands all the same, and is in the log', async () => {
  const { send, order, log, shown } = stage('external', () => Promise.reject(new Error('away')));
  await send(bodyOf({ kind: 'action', id: ids.claim }));
  expect(order).not.toContain('claim');
  expect(shown).toHaveLength(1);
  expect(log.lines.find(({ event }) => event === 'a gesture was refused')).toMatchObject({
    user: USER,
    action: ids.claim,
    reason: 'external',
  });
  expect(log.lines.map(({ event }) => event)).toContain('a refusal could not be written down');
});

test('a form that a client sends without what is required stays, and says what is missing', async () => {
  const { send, order, shown } = stage(null);
  const body = bodyOf({ kind: 'view', id: ids.contactModal });
  const view = { ...z.looseObject({}).parse(body['view']), state: { values: {} } };
  await send({ ...body, view });
  expect(order).toEqual(['checked', 'ack']);
  expect(shown.join()).toContain('Choose how you reached out.');
});
