import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { connectDatabase } from '../../src/adapters/supabase-client.ts';
import {
  LEAD_RELATIONS,
  readExposure,
  tryPublicKey,
} from '../../src/adapters/supabase-exposure.ts';

const url = 'https://project.supabase.test';
const settings = { url, key: 'sb_secret_k', publishableKey: 'sb_publishable_k' };
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const exposureFrom = (answer: Record<string, unknown>) => {
  server.use(http.post(`${url}/rest/v1/rpc/lead_bot_exposed`, () => HttpResponse.json(answer)));
  return readExposure(connectDatabase(settings));
};

const anyone = { role: 'anon', name: 'public.stakeholders' } as const;
const staff = { role: 'authenticated', name: 'public.leads_of' } as const;

test('reads which objects each untrusted role can use', async () => {
  expect(
    await exposureFrom({
      relations: [anyone],
      writable: [anyone],
      functions: [staff],
      foreign_functions: [staff],
      callable: ['lead_bot_take'],
    }),
  ).toEqual({
    relations: [anyone],
    writable: [anyone],
    functions: [staff],
    foreignFunctions: [staff],
    callable: ['lead_bot_take'],
  });
});

test('older SQL says nothing of writing or of functions that are not ours', async () => {
  expect(await exposureFrom({ relations: [], functions: [], callable: [] })).toEqual({
    relations: [],
    writable: [],
    functions: [],
    foreignFunctions: [],
    callable: [],
  });
});

test('refuses an answer about a role it does not know', async () => {
  const stranger = { role: 'postgres', name: 'public.stakeholders' };
  await expect(
    exposureFrom({ relations: [stranger], functions: [], callable: [] }),
  ).rejects.toThrow();
});

/** What the API answers for each relation, by its name without the schema. Others return no rows. */
function relations(
  answers: Record<string, () => Response>,
): { path: string; key: string | null }[] {
  const asked: { path: string; key: string | null }[] = [];
  server.use(
    http.get(`${url}/rest/v1/:relation`, ({ request, params }) => {
      asked.push({
        path: request.url.slice(`${url}/rest/v1/`.length),
        key: request.headers.get('apikey'),
      });
      return answers[String(params['relation'])]?.() ?? HttpResponse.json([]);
    }),
  );
  return asked;
}

test('asks each relation for one row of a column without personal data, with the public key', async () => {
  const asked = relations({});
  expect(await tryPublicKey(settings)).toEqual([]);
  expect(asked.map(({ path }) => path).toSorted()).toEqual([
    'company_enrichment?select=id&limit=1',
    'developer_signups?select=id&limit=1',
    'expansion_signals?select=id&limit=1',
    'internal_signals?select=id&limit=1',
    'lead_dashboard?select=developer_id&limit=1',
    'lead_scores?select=id&limit=1',
    'stakeholders?select=id&limit=1',
  ]);
  expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['sb_publishable_k']));
});

test('names the relations that return a row', async () => {
  relations({
    lead_scores: () => HttpResponse.json([{ id: 1 }]),
    lead_dashboard: () => HttpResponse.json([{ developer_id: 1 }]),
  });
  expect(await tryPublicKey(settings)).toEqual(['public.lead_dashboard', 'public.lead_scores']);
});

test('a relation that refuses, fails or answers something else returns no row', async () => {
  relations({
    lead_scores: () => HttpResponse.json({ code: '42501', message: 'no' }, { status: 401 }),
    lead_dashboard: () => HttpResponse.error(),
    stakeholders: () => new HttpResponse('<html>', { status: 502 }),
    internal_signals: () => HttpResponse.json([{ id: 1 }]),
  });
  expect(await tryPublicKey(settings)).toEqual(['public.internal_signals']);
});

test('asks nothing without a public key', async () => {
  const asked = relations({});
  expect(await tryPublicKey({ url, key: 'sb_secret_k' })).toEqual([]);
  expect(asked).toEqual([]);
});

test('waits ten seconds for a relation', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout');
  relations({});
  await tryPublicKey(settings);
  expect(timeout.mock.calls).toEqual(Object.keys(LEAD_RELATIONS).map(() => [10_000]));
  timeout.mockRestore();
});
