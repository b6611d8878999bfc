import type { BlocksValidateArguments } from '@slack/web-api';
import { expect, test } from 'vitest';
import { clientOf, modal, refusal, section, slackForTest } from './harness.ts';

const empty = section('');
const tooShort = 'must be more than 0 characters';

test.each<[string, BlocksValidateArguments, string]>([
  ['blocks', { blocks: [section('x'), empty] }, '/1/text/text'],
  ['message', { message: { blocks: [section('x'), empty] } }, '/blocks/1/text/text'],
  ['view', { view: modal({ blocks: [empty] }) }, '/blocks/0/text/text'],
  ['view', { view: { type: 'home', blocks: [empty] } }, '/blocks/0/text/text'],
])('blocks.validate points at what is wrong with %s', async (what, args, pointer) => {
  const slack = await slackForTest();
  const { data } = await refusal(clientOf(slack).blocks.validate(args));
  expect(data['error']).toBe(`invalid_${what}`);
  expect(data['errors']).toEqual([{ code: 'failed_constraint', message: tooShort, pointer }]);
});

test('blocks.validate accepts what fits, and stores nothing', async () => {
  const slack = await slackForTest();
  const { blocks } = clientOf(slack);
  const home = { type: 'home' as const, blocks: [section('x')] };
  for (const args of [
    { blocks: home.blocks },
    { message: home },
    { view: home },
    { view: modal() },
  ])
    expect(await blocks.validate(args)).toMatchObject({ ok: true });
  expect(slack.home('U0ALICE')).toBeNull();
});

async function post(args: Record<string, string>): Promise<unknown> {
  const slack = await slackForTest();
  const url = `${slack.apiUrl}blocks.validate`;
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(args) });
  return answer.json();
}

test('blocks.validate needs no token', async () => {
  expect(await post({ blocks: JSON.stringify([section('x')]) })).toEqual({ ok: true });
});

test.each([
  ['nothing', {}, 'exactly one of'],
  ['two arguments', { blocks: '[]', view: '{}' }, 'exactly one of'],
  ['no JSON', { blocks: '[' }, 'valid JSON'],
  ['more than 100,000 characters', { blocks: JSON.stringify(['x'.repeat(100_000)]) }, '100000'],
])('blocks.validate refuses %s', async (_, args, message) => {
  const answer = await post(args);
  expect(answer).toMatchObject({ ok: false, error: 'invalid_arguments' });
  expect(JSON.stringify(answer)).toContain(message);
});
