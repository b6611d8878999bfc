import { expect, test } from 'vitest';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import type { Reach } from '../../src/core/access.ts';
import type { LookupResult } from '../../src/core/lookup.ts';
import { account, picture } from '../blocks/samples.ts';
import { bodyOf, stage } from './stage.ts';

const NEAR: LookupResult = {
  kind: 'near',
  matches: [
    { accountKey: 'a.example', name: 'A', domain: 'a.example', totalScore: 71, tier: 'warm' },
  ],
  fitting: 0,
};
const HOT: LookupResult = {
  kind: 'found',
  picture: { account: account(), current: picture() },
};
const NOT_HOT: LookupResult = { kind: 'found', picture: { account: account(), current: null } };

interface Given {
  typed?: unknown;
  reach?: Reach;
}

/** The acknowledgement of the form. */
async function submitted(
  lookup: () => Promise<LookupResult>,
  { typed = 'acme.example', reach = 'everything' }: Given = {},
) {
  const one = stage(null, undefined, undefined, { reach, alerts: { lookup } });
  const body = bodyOf({ kind: 'view', id: ids.lookUpModal });
  const values = { [ids.lookUpText]: { [ids.lookUpText]: { value: typed } } };
  const view = z.looseObject({}).parse(body['view']);
  await one.send({ ...body, view: { ...view, state: { values } } });
  return { ...one, answer: z.looseObject({}).parse(JSON.parse(one.shown[0] ?? '{}')) };
}

const problemOf = (text: unknown) => ({
  response_action: 'errors',
  errors: { [ids.lookUpText]: text },
});

test('the shortcut opens a form, and needs no data for it', async () => {
  const { send, order, shown } = stage(null);
  await send(bodyOf({ kind: 'shortcut', id: ids.lookUp }));
  expect(order).toEqual(['ack', 'checked', 'show']);
  expect(shown.join()).toContain(ids.lookUpModal);
});

test('says what to do when the form comes too late', async () => {
  const openModal = () => Promise.reject(new Error('expired_trigger_id'));
  const { send, shown, log } = stage(null, undefined, undefined, { surface: { openModal } });
  await send(bodyOf({ kind: 'shortcut', id: ids.lookUp }));
  expect(shown).toEqual([expect.stringContaining('could not be opened in time')]);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('shows the details of an alert, with its buttons', async () => {
  const { answer } = await submitted(async () => HOT);
  expect(answer).toMatchObject({
    response_action: 'update',
    view: { callback_id: ids.detailsModal },
  });
  expect(JSON.stringify(answer)).toContain(ids.claim);
});

test('shows how far a company is from hot, and nothing that only a message can do', async () => {
  const { answer } = await submitted(async () => NOT_HOT);
  expect(answer).toMatchObject({ response_action: 'update', view: { type: 'modal' } });
  expect(JSON.stringify(answer)).not.toContain(ids.share);
});

test('shows near matches, with a button for each', async () => {
  const { answer } = await submitted(async () => NEAR);
  expect(JSON.stringify(answer)).toContain('"value":"a.example"');
});

test.each(['hot', 'mine', 'help', 'acme.example'])(
  'looks up a company called %s',
  async (typed) => {
    const { answer } = await submitted(async () => NOT_HOT, { typed });
    expect(answer).toMatchObject({ response_action: 'update' });
  },
);

test.each(['', '   ', '???', null, 7])('asks for a company when %j was typed', async (typed) => {
  const { answer } = await submitted(async () => HOT, { typed });
  expect(answer).toEqual(problemOf('Type a domain, an email address or a name.'));
});

test('says under the input that nothing matches', async () => {
  const { answer } = await submitted(async () => ({ kind: 'none' }));
  expect(answer).toEqual(problemOf(expect.stringContaining('No lead matches “acme.example”')));
});

test('does not say whether a company outside of a reader’s channels exists', async () => {
  const { answer } = await submitted(async () => ({ kind: 'none' }), { reach: ['C0ENTERPRISE'] });
  expect(answer).toEqual(
    problemOf('No company matching “acme.example” has a card in your channels.'),
  );
});

test('keeps the form open when the database fails', async () => {
  const { answer } = await submitted(() => Promise.reject(new Error('away')));
  expect(answer).toEqual(problemOf('This could not be looked up. Try again in a minute.'));
});

const late = (result: LookupResult) => () =>
  new Promise<LookupResult>((resolve) => setTimeout(() => resolve(result), 1_800));

test('shows progress while the database is slow, then the answer', async () => {
  const { shown } = await submitted(late(HOT));
  expect(shown).toEqual([
    expect.stringContaining('Loading'),
    expect.stringContaining(ids.detailsModal),
  ]);
});

test('asks again, with what was typed, when the slow database finds nothing', async () => {
  const { shown } = await submitted(late({ kind: 'none' }));
  expect(shown[1]).toContain('"initial_value":"acme.example"');
  expect(shown[1]).toContain('No lead matches');
});

const inModal = { id: 'V0', type: 'modal', private_metadata: '' };

test.each([
  ['its details', HOT, ids.detailsModal],
  ['how far it is from hot', NOT_HOT, 'Hot'],
  ['that it has gone', { kind: 'none' }, 'no longer exists'],
] as const)('a match picked in a modal shows there %s', async (_, result, words) => {
  const updated: unknown[] = [];
  const surface = {
    updateModal: async (id: string, view: unknown) => void updated.push(id, JSON.stringify(view)),
  };
  const alerts = { lookup: async () => result };
  const { send, shown } = stage(null, undefined, undefined, { surface, alerts });
  const {
    response_url: _url,
    channel: _channel,
    ...press
  } = bodyOf({
    kind: 'action',
    id: ids.pick,
  });
  await send({ ...press, container: { type: 'view', view_id: 'V0' }, view: inModal });
  expect(updated).toEqual(['V0', expect.stringContaining(words)]);
  expect(shown).toEqual([]);
});

test('a company of a message is shown below the list, which stays', async () => {
  const to: unknown[] = [];
  const surface = {
    answer: async (url: string) => void to.push(url),
    replaceAnswer: async () => void to.push('replaced'),
  };
  const alerts = { lookup: async () => HOT };
  const { send } = stage(null, undefined, undefined, { surface, alerts });
  await send(bodyOf({ kind: 'action', id: ids.openCompany }));
  expect(to).toEqual(['https://hooks.slack.com/x']);
});
