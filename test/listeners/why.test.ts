import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { Reach } from '../../src/core/access.ts';
import type { LookupResult } from '../../src/core/lookup.ts';
import type { WhyQuery } from '../../src/core/why.ts';
import { picture } from '../blocks/samples.ts';
import { bodyOf, stage } from './stage.ts';

const ACME = picture().account;
const FOUND: LookupResult = { kind: 'found', picture: { account: ACME, current: null } };

/** What `/lead why <text>`, or the pressed button, asks the database and shows. */
async function asked(result: LookupResult, reach: Reach, body: Record<string, unknown>) {
  const queries: { query: WhyQuery; within: readonly string[] | undefined }[] = [];
  const { send, shown } = stage(null, undefined, undefined, {
    reach,
    alerts: { lookup: async () => result },
    reports: {
      why: async (query, within) => {
        queries.push({ query, within });
        return null;
      },
    },
  });
  await send(body);
  return { queries, shown: shown.join('\n') };
}
const command = (text: string) => ({ ...bodyOf({ kind: 'command', id: '/lead' }), text });

test('asks for the company that a lookup finds, and for the developer with the typed address', async () => {
  const { queries } = await asked(FOUND, 'everything', command('why ada@acme.example'));
  expect(queries).toEqual([
    { query: { keys: [ACME.key], emails: ['ada@acme.example'] }, within: undefined },
  ]);
});

test('asks for an address although no lookup finds it', async () => {
  const { queries, shown } = await asked(
    { kind: 'none' },
    'everything',
    command('why eve@gmail.com'),
  );
  expect(queries).toEqual([
    { query: { keys: ['gmail.com'], emails: ['eve@gmail.com'] }, within: undefined },
  ]);
  expect(shown).toContain('I know nothing about');
});

test('asks for members of single channels only what a lookup finds there', async () => {
  const one = await asked(FOUND, ['C0ONE'], command('why ada@acme.example'));
  expect(one.queries).toEqual([{ query: { keys: [ACME.key], emails: [] }, within: ['C0ONE'] }]);
  const none = await asked({ kind: 'none' }, ['C0ONE'], command('why eve@gmail.com'));
  expect(none.queries).toEqual([]);
  expect(none.shown).toContain('has a card in');
});

test('a picked company is limited to the same channels', async () => {
  const press = bodyOf({ kind: 'action', id: ids.pickWhy });
  const { queries } = await asked({ kind: 'none' }, ['C0ONE'], press);
  expect(queries).toMatchObject([{ within: ['C0ONE'] }]);
});

test('near matches get buttons that answer why, and an empty question an explanation', async () => {
  const near: LookupResult = {
    kind: 'near',
    fitting: 0,
    matches: [
      { accountKey: 'acme.example', name: 'Acme', domain: null, totalScore: 1, tier: null },
    ],
  };
  const { shown } = await asked(near, 'everything', command('why acm'));
  expect(shown).toContain(ids.pickWhy);
  expect((await asked(near, 'everything', command('why'))).shown).toContain('Type a company after');
});
