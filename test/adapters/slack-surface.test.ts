import type { View } from '@slack/types';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { slackSurface } from '../../src/adapters/slack-surface.ts';
import type { Drawing } from '../../src/core/message.ts';
import type { NewBlocks } from '../../src/core/ports.ts';
import { memoryLog } from '../support/memory-log.ts';
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
const log = memoryLog();
const TAKEN: NewBlocks = { areTaken: async () => true, noteRefusal: async () => {} };
const surface = (newBlocks = TAKEN) => slackSurface(CONNECTION, newBlocks, log);

const view: View = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Details' },
  blocks: [{ type: 'divider' }],
};
const drawing: Drawing = { text: 'Claimed by another AE', blocks: [{ type: 'divider' }] };
const methods = () => slack.calls.map(({ method }) => method);

test.each([
  ['channel', 'views.open'],
  ['modal', 'views.push'],
] as const)('a modal requested in a %s opens with %s and returns its id', async (on, method) => {
  slack.answers(method, ok({ view: { id: 'V1' } }));
  expect(await surface().openModal('trigger', view, on)).toBe('V1');
  expect(slack.calls).toEqual([{ method, args: { trigger_id: 'trigger', view } }]);
});

test.each([
  ['a dead trigger', refuses('expired_trigger_id')],
  ['a used trigger', refuses('exchanged_trigger_id')],
  ['a 500', http_(500)],
  ['a rate limit', http_(429, '', { 'retry-after': '30' })],
  ['a broken connection', breaks],
  ['an answer without a view', ok()],
])('a modal that meets %s fails at once, without a retry', async (_, answer) => {
  slack.answers('views.open', answer, ok({ view: { id: 'V1' } }));
  await expect(surface().openModal('trigger', view, 'channel')).rejects.toThrow();
  expect(methods()).toEqual(['views.open']);
});

test('fills a modal by its id', async () => {
  slack.answers('views.update', ok());
  await surface().updateModal('V1', view);
  expect(slack.calls).toEqual([{ method: 'views.update', args: { view_id: 'V1', view } }]);
});

test.each(['not_found', 'view_not_found'])(
  'ignores a modal that the user has closed (%s)',
  async (code) => {
    slack.answers('views.update', refuses(code));
    await expect(surface().updateModal('V1', view)).resolves.toBeUndefined();
  },
);

test.each([
  ['view_too_large', refuses('view_too_large')],
  ['hash_conflict', refuses('hash_conflict')],
  ['a 503', http_(503)],
])('filling a modal that meets %s fails without a retry', async (_, answer) => {
  slack.answers('views.update', answer);
  await expect(surface().updateModal('V1', view)).rejects.toThrow();
  expect(slack.calls).toHaveLength(1);
});

test('an answer in a thread is ephemeral there', async () => {
  slack.answers('chat.postEphemeral', ok());
  await surface().tell('U0MARIA', 'C0HOT', drawing, '1.1');
  const args = { channel: 'C0HOT', user: 'U0MARIA', thread_ts: '1.1', ...drawing };
  expect(slack.calls).toEqual([{ method: 'chat.postEphemeral', args }]);
});

test('an answer in a channel is ephemeral', async () => {
  slack.answers('chat.postEphemeral', ok());
  await surface().tell('U0MARIA', 'C0HOT', drawing);
  expect(slack.calls).toEqual([
    { method: 'chat.postEphemeral', args: { channel: 'C0HOT', user: 'U0MARIA', ...drawing } },
  ]);
});

test('without a channel it is a direct message that unfurls nothing', async () => {
  slack.answers('chat.postMessage', ok());
  await surface().tell('U0MARIA', null, drawing);
  expect(slack.calls).toEqual([
    {
      method: 'chat.postMessage',
      args: { channel: 'U0MARIA', ...drawing, unfurl_links: 'false', unfurl_media: 'false' },
    },
  ]);
});

test.each(['user_not_in_channel', 'not_in_channel', 'channel_not_found', 'is_archived'])(
  'falls back to a direct message when the channel refuses (%s)',
  async (code) => {
    slack.answers('chat.postEphemeral', refuses(code));
    slack.answers('chat.postMessage', ok());
    await surface().tell('U0MARIA', 'C0HOT', drawing);
    expect(methods()).toEqual(['chat.postEphemeral', 'chat.postMessage']);
    expect(slack.calls[1]?.args['channel']).toBe('U0MARIA');
  },
);

test.each([
  ['a 500', http_(500)],
  ['a rate limit', http_(429, '', { 'retry-after': '30' })],
  ['a broken connection', breaks],
])("doesn't repeat as a direct message what may have arrived (%s)", async (_, answer) => {
  slack.answers('chat.postEphemeral', answer);
  slack.answers('chat.postMessage', ok());
  await expect(surface().tell('U0MARIA', 'C0HOT', drawing)).rejects.toThrow();
  expect(methods()).toEqual(['chat.postEphemeral']);
});

test('an unreachable user is an error, after one try each', async () => {
  slack.answers('chat.postEphemeral', refuses('user_not_in_channel'));
  slack.answers('chat.postMessage', refuses('messages_tab_disabled'));
  await expect(surface().tell('U0MARIA', 'C0HOT', drawing)).rejects.toThrow(
    'messages_tab_disabled',
  );
  expect(slack.calls).toHaveLength(2);
});

test('replaces a private answer at its own address, without a retry', async () => {
  const asked: unknown[] = [];
  const url = 'https://hooks.slack.test/actions/T0/1/abc';
  slack.server.use(
    http.post(url, async ({ request }) => {
      asked.push(await request.json());
      return new HttpResponse(asked.length === 1 ? 'ok' : 'used_url', {
        status: asked.length === 1 ? 200 : 404,
      });
    }),
  );
  await surface().replaceAnswer(url, drawing);
  expect(asked).toEqual([{ replace_original: true, ...drawing }]);
  await expect(surface().replaceAnswer(url, drawing)).rejects.toThrow('HTTP 404');
  expect(asked).toHaveLength(2);
});

test('a hanging call times out after five seconds', async () => {
  slack.answers('views.open', hangs);
  const limits = await withTimeUp(() =>
    expect(surface().openModal('trigger', view, 'channel')).rejects.toThrow('timed out'),
  );
  expect(limits).toEqual([5_000]);
});

const ANSWER_URL = 'https://hooks.slack.test/commands/T0/1/abc';

test.each([
  ['person', 'ephemeral'],
  ['channel', 'in_channel'],
] as const)(
  "an answer to a %s goes to the gesture's response_url, without a retry",
  async (to, type) => {
    const asked: unknown[] = [];
    slack.server.use(
      http.post(ANSWER_URL, async ({ request }) => {
        asked.push(await request.json());
        return new HttpResponse('used_url', { status: 404 });
      }),
    );
    await expect(surface().answer(ANSWER_URL, drawing, to)).rejects.toThrow('HTTP 404');
    expect(asked).toEqual([{ response_type: type, replace_original: false, ...drawing }]);
  },
);

test('a hanging answer times out after five seconds', async () => {
  slack.server.use(http.post(ANSWER_URL, hangs));
  const limits = await withTimeUp(() =>
    expect(surface().answer(ANSWER_URL, drawing, 'person')).rejects.toThrow('timed out'),
  );
  expect(limits).toEqual([5_000]);
});

test("an answer doesn't follow a redirect of its response_url", async () => {
  const taken: string[] = [];
  slack.server.use(
    http.post(ANSWER_URL, () => {
      const headers = { location: 'https://evil.example/response' };
      return new HttpResponse(null, { status: 307, headers });
    }),
    http.post('https://evil.example/response', ({ request }) => {
      taken.push(request.url);
      return new HttpResponse('ok');
    }),
  );
  await expect(surface().answer(ANSWER_URL, drawing, 'person')).rejects.toThrow();
  expect(taken).toEqual([]);
});

test.each([
  'https://evil.example/response',
  'http://slack.test/response',
  'https://slack.test.evil.example/response',
  'https://evilslack.test/response',
  'https://slack.test:8443/response',
  'http://127.0.0.1:9000/response',
  'https://hooks.slack.test@evil.example/response',
  'https://me:secret@hooks.slack.test/response',
  'https://hooks.slack.test.:443/response',
  'https://hooks.slack.com.evil.example/response',
  'http://hooks.slack.com/response',
  'ftp://hooks.slack.test/response',
  'javascript:alert(1)',
  'hooks.slack.test/response',
  '//hooks.slack.test/response',
  'no url',
  '',
  `https://hooks.slack.test/${'x'.repeat(2_000)}`,
])('never sends a private answer to a foreign address: %s', async (url) => {
  expect(surface().answersAt(url)).toBe(false);
  await expect(surface().replaceAnswer(url, drawing)).rejects.toThrow('a URL that is not Slack');
  await expect(surface().answer(url, drawing, 'person')).rejects.toThrow('a URL that is not Slack');
  expect(slack.calls).toEqual([]);
});

test.each([
  ['https://hooks.slack.com/actions/T0/1/abc', undefined],
  // Behind a relay in SLACK_API_URL, Slack still sends its own hosts.
  ['https://hooks.slack.com/commands/T0/1/abc', 'http://relay.internal:8080/api/'],
  ['https://hooks.slack-gov.com/commands/T0/1/abc', 'https://slack-gov.com/api/'],
  ['http://127.0.0.1:4000/response/abc', 'http://127.0.0.1:4000/api/'],
])("accepts Slack's %s", (url, apiUrl) => {
  const one = slackSurface({ ...CONNECTION, apiUrl }, TAKEN, log);
  expect(one.answersAt(url)).toBe(true);
});

const RICH: Drawing = {
  text: 'Stats',
  blocks: [{ type: 'divider' }],
  rich: [{ type: 'data_table', rows: [] }],
};

/** Remembers what it is told. */
function memory(isTaken = true) {
  const noted: string[] = [];
  const newBlocks: NewBlocks = {
    areTaken: async () => isTaken,
    async noteRefusal() {
      noted.push('refused');
    },
  };
  return { newBlocks, noted };
}

/** Slack's answers to a response URL, in turn; returns the blocks that it was sent. */
function responses(...answers: readonly (() => Response)[]): unknown[] {
  const asked: unknown[] = [];
  slack.server.use(
    http.post(ANSWER_URL, async ({ request }) => {
      const { blocks } = z.object({ blocks: z.unknown() }).parse(await request.json());
      asked.push(blocks);
      return answers[asked.length - 1]?.() ?? new HttpResponse('ok');
    }),
  );
  return asked;
}

const body = (status: number, text: string) => () => new HttpResponse(text, { status });

test.each([true, false])('sends new blocks only where they are taken (%s)', async (isTaken) => {
  const { newBlocks, noted } = memory(isTaken);
  const asked = responses();
  slack.answers('chat.postEphemeral', ok());
  await surface(newBlocks).answer(ANSWER_URL, RICH, 'person');
  await surface(newBlocks).tell('U0MARIA', 'C0HOT', RICH);
  const wanted = isTaken ? RICH.rich : RICH.blocks;
  expect(asked).toEqual([wanted]);
  expect(slack.calls[0]?.args['blocks']).toEqual(wanted);
  expect(noted).toEqual([]);
});

test.each([
  ['HTTP 400 with a word', body(400, 'invalid_blocks')],
  ['HTTP 400 with JSON', body(400, '{"ok":false,"error":"invalid_blocks"}')],
  ['HTTP 400 without a reason', body(400, 'invalid_payload')],
  ['HTTP 500 with a word', body(500, 'invalid_blocks_format')],
  ['HTTP 200 that says no', body(200, '{"ok":false,"error":"invalid_blocks"}')],
])('an answer refused for its new blocks is sent without them at once: %s', async (_, refusal) => {
  const { newBlocks, noted } = memory();
  const asked = responses(refusal);
  await surface(newBlocks).answer(ANSWER_URL, RICH, 'person');
  expect(asked).toEqual([RICH.rich, RICH.blocks]);
  expect(noted).toEqual(['refused']);
});

test('an answer that Slack failed to take is sent without new blocks, which nobody has refused', async () => {
  const { newBlocks, noted } = memory();
  const asked = responses(body(503, 'rollup_error'));
  await surface(newBlocks).answer(ANSWER_URL, RICH, 'person');
  expect(asked).toEqual([RICH.rich, RICH.blocks]);
  expect(noted).toEqual([]);
});

test('an answer that may have arrived is not sent again', async () => {
  const { newBlocks } = memory();
  const asked = responses(() => HttpResponse.error());
  await expect(surface(newBlocks).answer(ANSWER_URL, RICH, 'person')).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test('what is told in a channel stays there when Slack refuses its new blocks', async () => {
  const { newBlocks, noted } = memory();
  slack.answers('chat.postEphemeral', refuses('invalid_blocks'), ok());
  await surface(newBlocks).tell('U0MARIA', 'C0HOT', RICH);
  expect(slack.calls.map(({ method, args }) => [method, args['blocks']])).toEqual([
    ['chat.postEphemeral', RICH.rich],
    ['chat.postEphemeral', RICH.blocks],
  ]);
  expect(noted).toEqual(['refused']);
});

test('a direct message refused for its new blocks is sent without them', async () => {
  const { newBlocks, noted } = memory();
  slack.answers('chat.postMessage', refuses('invalid_blocks'), ok());
  await surface(newBlocks).tell('U0MARIA', null, RICH);
  expect(slack.calls.at(-1)?.args['blocks']).toEqual(RICH.blocks);
  expect(noted).toEqual(['refused']);
});

test('a database that fails to say or to note whether they are taken loses no answer', async () => {
  const fails = () => Promise.reject(new Error('no database'));
  const unread = responses();
  await surface({ areTaken: fails, noteRefusal: fails }).answer(ANSWER_URL, RICH, 'person');
  expect(unread).toEqual([RICH.blocks]);
  const unnoted = responses(body(400, 'invalid_blocks'));
  await surface({ ...TAKEN, noteRefusal: fails }).answer(ANSWER_URL, RICH, 'person');
  expect(unnoted).toEqual([RICH.rich, RICH.blocks]);
});

test('a private answer without new blocks that Slack says no to is an error', async () => {
  responses(body(200, '{"ok":false,"error":"invalid_blocks"}'));
  await expect(surface().answer(ANSWER_URL, drawing, 'person')).rejects.toThrow('HTTP 200');
});
