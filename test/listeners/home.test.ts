import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { GestureResult } from '../../src/core/alert.ts';
import { writeMetadata } from '../../src/listeners/modal-metadata.ts';
import { JONAS, NOW, picture, STATES } from '../blocks/samples.ts';
import { ALERT, bodyOf, homeBodyOf, stage, UNDO, USER } from './stage.ts';

const done = (kind: string): GestureResult => ({
  ok: true,
  picture: picture({ ...STATES.claimed, undo: { id: UNDO, kind, actor: USER, at: NOW } }),
});
const TAKEN: GestureResult = {
  ok: false,
  refusal: { why: 'claimed-by-other', owner: JONAS, claimedAt: NOW, picture: picture() },
};

type Given = NonNullable<Parameters<typeof stage>[3]>;
const staged = (given: Given) => stage(null, undefined, undefined, given);

/** Records what Home tabs are asked for. */
function homes() {
  const opened: unknown[][] = [];
  return { opened, homes: { open: async (...how: unknown[]) => void opened.push(how) } };
}

test('opening the tab has it drawn from the first page, and says nothing', async () => {
  const { opened, homes: port } = homes();
  const { send, shown } = staged({ homes: port });
  await send(bodyOf({ kind: 'event', id: 'app_home_opened' }));
  expect(opened).toEqual([[USER]]);
  expect(shown).toEqual([]);
});

test.each([
  [ids.homePage, { mine: 10, unclaimed: 0 }],
  [ids.homePageBack, { mine: 0, unclaimed: 20 }],
])('%s turns to the page that it names', async (id, pages) => {
  const { opened, homes: port } = homes();
  const { send, shown } = staged({ homes: port });
  await send(homeBodyOf(id));
  expect(opened).toEqual([[USER, pages]]);
  expect(shown).toEqual([]);
});

const say = (text: string) => ({ ...bodyOf({ kind: 'command', id: '/lead' }), text });
const OFF = {
  ...bodyOf({ kind: 'action', id: ids.muteMenu }),
  actions: [{ action_id: ids.muteMenu, block_id: 'b', selected_option: { value: 'morning' } }],
};

test.each([
  ['/lead away', say('away until Friday')],
  ['/lead back', say('back')],
  ['a setting', OFF],
])('what %s changes is drawn on the tab at once', async (_, body) => {
  const none = async () => ({ alerts: [], total: 0 });
  const absence = { person: USER, until: new Date('2026-03-06T09:00:00Z'), cover: null };
  const { send, wakes } = staged({
    absences: { set: async () => {}, among: async () => [absence] },
    settings: { mute: async () => {} },
    alerts: { mine: none, covered: none, lookup: async () => ({ kind: 'none' }) },
  });
  await send(body);
  expect(wakes()).toBe(1);
});

test.each([
  ['claim', ids.claim, 'claimed'],
  ['pass', ids.pass, 'passed'],
  ['release', ids.release, 'released'],
  ['undo', ids.undo, 'undone'],
] as const)('a successful %s says nothing: the tab shows it', async (gesture, id, kind) => {
  const { send, shown } = staged({ alerts: { [gesture]: async () => done(kind) } });
  await send(homeBodyOf(id));
  expect(shown).toEqual([]);
});

test.each([
  ['claim', ids.claim],
  ['undo', ids.undo],
] as const)('a refused %s is explained in a modal', async (gesture, id) => {
  const modals: string[] = [];
  const { send, shown } = staged({
    alerts: { [gesture]: async () => TAKEN },
    surface: {
      async openModal(trigger, view, on) {
        modals.push(`${trigger} ${on} ${JSON.stringify(view)}`);
        return 'V0NEW';
      },
    },
  });
  await send(homeBodyOf(id));
  expect(modals).toEqual([expect.stringMatching(/^trigger channel .*<@U0JONAS>/)]);
  expect(shown).toEqual([]);
});

test('a refusal comes as a direct message if no modal can be opened any more', async () => {
  const told: unknown[][] = [];
  const { send } = staged({
    alerts: { claim: async () => TAKEN },
    surface: {
      openModal: async () => {
        throw new Error('expired_trigger_id');
      },
      tell: async (user, channel, { text }) => void told.push([user, channel, text]),
    },
  });
  await send(homeBodyOf(ids.claim));
  expect(told).toEqual([[USER, null, expect.stringContaining('<@U0JONAS>')]]);
});

test('a setting and the end of an absence say nothing', async () => {
  const changed: unknown[][] = [];
  const { send, shown } = staged({
    settings: { mute: async (...how) => void changed.push(['mute', ...how]) },
    absences: { set: async (...how) => void changed.push(['away', ...how]) },
  });
  await send(homeBodyOf(ids.setting));
  await send(homeBodyOf(ids.back));
  expect(changed).toEqual([
    ['mute', USER, 'offer', true],
    ['away', USER, new Date(0), null],
  ]);
  expect(shown).toEqual([]);
});

test('a form that was opened from the tab is saved without a word', async () => {
  const { send, shown, order } = staged({
    alerts: { contact: async () => done('contacted') },
  });
  const body = bodyOf({ kind: 'view', id: ids.contactModal });
  const metadata = { alertId: ALERT, answer: null, below: null, channel: null };
  const from = (isHome: boolean) => ({
    ...body,
    view: { ...Object(body['view']), private_metadata: writeMetadata({ ...metadata, isHome }) },
  });
  await send(from(true));
  expect(order).toContain('ack');
  expect(shown).toEqual([]);
  await send(from(false));
  expect(shown).toEqual([expect.stringContaining('You contacted VelocityPay')]);
});

test('a form that is opened from the tab knows it', async () => {
  const { send, shown } = staged({
    alerts: { find: async () => picture(STATES.claimed) },
    managers: [USER],
  });
  await send(homeBodyOf(ids.contact));
  expect(shown.at(-1)).toContain('\\"isHome\\":true');
});

test('Details opened from the tab changes in place, and so does the form opened from Details', async () => {
  const updated: string[] = [];
  const { send, shown } = staged({
    alerts: { release: async () => done('released'), contact: async () => done('contacted') },
    surface: { updateModal: async (id) => void updated.push(id) },
  });
  const metadata = { alertId: ALERT, answer: null, below: null, channel: null, isHome: false };
  const details = {
    ...bodyOf({ kind: 'action', id: ids.release }),
    container: { type: 'view', view_id: 'V0DETAILS' },
    channel: null,
    response_url: null,
    view: { id: 'V0DETAILS', type: 'modal', private_metadata: writeMetadata(metadata) },
  };
  await send(details);
  const form = bodyOf({ kind: 'view', id: ids.contactModal });
  const below = writeMetadata({ ...metadata, below: 'V0DETAILS' });
  await send({ ...form, view: { ...Object(form['view']), private_metadata: below } });
  expect(updated).toEqual(['V0DETAILS', 'V0DETAILS']);
  expect(shown).toEqual([]);
});
